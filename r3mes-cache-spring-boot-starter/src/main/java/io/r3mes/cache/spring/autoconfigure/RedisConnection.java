package io.r3mes.cache.spring.autoconfigure;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.redis.RedisSettings.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.MasterReplica;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisSocketConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConverters;

/**
 * Reads where Redis is, and how to log in, from the application's own connection factory. Master with replicas, which a
 * factory does not tell, comes from the connection details.
 */
final class RedisConnection {

    private final LettuceConnectionFactory factory;
    private final LettuceClientConfiguration client;

    private RedisConnection(LettuceConnectionFactory factory) {
        this.factory = factory;
        this.client = factory.getClientConfiguration();
    }

    /**
     * The settings of the application's Redis.
     *
     * @throws CacheConfigurationException if the application has no connection factory of Lettuce
     */
    static RedisSettings settings(
            @Nullable RedisConnectionFactory factory,
            @Nullable DataRedisConnectionDetails details,
            Duration commandTimeout) {
        if (!(factory instanceof LettuceConnectionFactory lettuce)) {
            throw new CacheConfigurationException(
                    factory == null
                            ? "r3mes-cache found no RedisConnectionFactory."
                            : "r3mes-cache cannot use a " + factory.getClass().getSimpleName() + ", only Lettuce.",
                    "Configure spring.data.redis.* without spring.data.redis.client-type=jedis, or set"
                            + " r3mes.cache.mode=in-memory to run without Redis.");
        }
        RedisConnection connection = new RedisConnection(lettuce);
        Target target = connection.target(details == null ? null : details.getMasterReplica(), details);
        return new RedisSettings(
                target.topology(),
                target.uris(),
                commandTimeout,
                connection.client.getClientOptions().orElse(null),
                lettuce.getClientResources() != null
                        ? lettuce.getClientResources()
                        : connection.client.getClientResources().orElse(null));
    }

    /** What the INFO line calls the topology. */
    static String describe(RedisSettings settings) {
        return switch (settings.topology()) {
            case STANDALONE -> settings.uris().get(0).getSentinels().isEmpty() ? "Redis standalone" : "Redis sentinel";
            case MASTER_REPLICA -> "Redis master/replica";
            case CLUSTER -> "Redis cluster";
        };
    }

    private Target target(@Nullable MasterReplica masterReplica, @Nullable DataRedisConnectionDetails details) {
        RedisClusterConfiguration cluster = factory.getClusterConfiguration();
        if (cluster != null) {
            return new Target(Topology.CLUSTER, cluster(cluster));
        }
        RedisSentinelConfiguration sentinel = factory.getSentinelConfiguration();
        if (sentinel != null) {
            return new Target(Topology.STANDALONE, List.of(sentinel(sentinel)));
        }
        RedisSocketConfiguration socket = factory.getSocketConfiguration();
        if (socket != null) {
            RedisURI uri = RedisURI.Builder.socket(socket.getSocket()).build();
            return new Target(Topology.STANDALONE, List.of(finish(uri, socket)));
        }
        if (masterReplica != null && details != null) {
            return new Target(Topology.MASTER_REPLICA, masterReplica(masterReplica, details));
        }
        RedisStandaloneConfiguration server = factory.getStandaloneConfiguration();
        RedisURI uri = RedisURI.create(server.getHostName(), server.getPort());
        return new Target(Topology.STANDALONE, List.of(finish(uri, server)));
    }

    private List<RedisURI> cluster(RedisClusterConfiguration cluster) {
        List<RedisURI> uris = new ArrayList<>();
        cluster.getClusterNodes().forEach(node -> {
            if (node.getHost() != null && node.getPort() != null) {
                uris.add(finish(RedisURI.create(node.getHost(), node.getPort()), cluster));
            }
        });
        return uris;
    }

    private RedisURI sentinel(RedisSentinelConfiguration sentinel) {
        RedisURI uri = LettuceConverters.sentinelConfigurationToRedisURI(sentinel);
        uri.getSentinels().forEach(this::secure);
        client.getRedisCredentialsProviderFactory()
                .map(credentials -> credentials.createSentinelCredentialsProvider(sentinel))
                .ifPresent(provider -> uri.getSentinels().forEach(node -> node.setCredentialsProvider(provider)));
        return finish(uri, sentinel);
    }

    private List<RedisURI> masterReplica(MasterReplica nodes, DataRedisConnectionDetails details) {
        List<RedisURI> uris = new ArrayList<>();
        for (DataRedisConnectionDetails.Node node : nodes.getNodes()) {
            RedisStandaloneConfiguration server = new RedisStandaloneConfiguration(node.host(), node.port());
            server.setUsername(details.getUsername());
            server.setPassword(RedisPassword.of(details.getPassword()));
            uris.add(finish(RedisURI.create(node.host(), node.port()), server));
        }
        return uris;
    }

    private RedisURI finish(RedisURI uri, RedisConfiguration configuration) {
        RedisURI.Builder builder = RedisURI.builder(uri);
        Optional.ofNullable(factory.getClientName()).ifPresent(builder::withClientName);
        authenticate(builder, configuration);
        RedisURI finished = builder.build();
        if (factory.getClusterConfiguration() == null) {
            finished.setDatabase(factory.getDatabase());
        }
        return secure(finished);
    }

    private void authenticate(RedisURI.Builder builder, RedisConfiguration configuration) {
        if (client.getRedisCredentialsProviderFactory().isPresent()) {
            builder.withAuthentication(
                    client.getRedisCredentialsProviderFactory().get().createCredentialsProvider(configuration));
            return;
        }
        String username = RedisConfiguration.getUsernameOrElse(configuration, () -> null);
        RedisPassword password = RedisConfiguration.getPasswordOrElse(configuration, RedisPassword::none);
        password.toOptional().ifPresent(secret -> {
            if (username == null || username.isEmpty()) {
                builder.withPassword(secret);
            } else {
                builder.withAuthentication(username, secret);
            }
        });
    }

    private RedisURI secure(RedisURI uri) {
        uri.setSsl(client.isUseSsl());
        uri.setStartTls(client.isStartTls());
        uri.setVerifyPeer(client.getVerifyMode());
        return uri;
    }

    private record Target(Topology topology, List<RedisURI> uris) {}
}
