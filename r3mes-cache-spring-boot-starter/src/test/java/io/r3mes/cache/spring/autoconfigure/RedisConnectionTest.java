package io.r3mes.cache.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.resource.ClientResources;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.spring.Contexts;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import tools.jackson.databind.json.JsonMapper;

/** Every form of {@code spring.data.redis.*} is where the cache finds its Redis. */
class RedisConnectionTest {

    private final ApplicationContextRunner contexts = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, DataRedisAutoConfiguration.class));

    private void settings(Consumer<RedisSettings> test, String... properties) {
        contexts.withPropertyValues(properties).run(context -> {
            RedisSettings settings = RedisConnection.settings(
                    context.getBean(RedisConnectionFactory.class),
                    context.getBeanProvider(DataRedisConnectionDetails.class).getIfAvailable(),
                    Duration.ofMillis(70));
            assertThat(settings.resources()).isSameAs(context.getBean(ClientResources.class));
            assertThat(settings.commandTimeout()).isEqualTo(Duration.ofMillis(70));
            test.accept(settings);
        });
    }

    private static RedisURI only(RedisSettings settings) {
        assertThat(settings.uris()).hasSize(1);
        return settings.uris().get(0);
    }

    private static void login(RedisURI uri, String username, String password) {
        RedisCredentials credentials =
                uri.getCredentialsProvider().resolveCredentials().block();
        assertThat(credentials).isNotNull();
        assertThat(credentials.getUsername()).isEqualTo(username);
        assertThat(credentials.getPassword()).isEqualTo(password == null ? null : password.toCharArray());
    }

    @Test
    void standalone() {
        settings(
                settings -> {
                    assertThat(settings.topology()).isEqualTo(Topology.STANDALONE);
                    RedisURI uri = only(settings);
                    assertThat(uri.getHost()).isEqualTo("redis.test");
                    assertThat(uri.getPort()).isEqualTo(6400);
                    assertThat(uri.getDatabase()).isEqualTo(3);
                    assertThat(uri.getClientName()).isEqualTo("backend");
                    assertThat(uri.isSsl()).isFalse();
                    login(uri, "user", "secret");
                    assertThat(RedisConnection.describe(settings)).isEqualTo("Redis standalone");
                },
                "spring.data.redis.host=redis.test",
                "spring.data.redis.port=6400",
                "spring.data.redis.database=3",
                "spring.data.redis.client-name=backend",
                "spring.data.redis.username=user",
                "spring.data.redis.password=secret");
    }

    @Test
    void passwordWithoutUsername() {
        settings(settings -> login(only(settings), null, "secret"), "spring.data.redis.password=secret");
    }

    @Test
    void url() {
        settings(
                settings -> {
                    RedisURI uri = only(settings);
                    assertThat(uri.getHost()).isEqualTo("redis.test");
                    assertThat(uri.getPort()).isEqualTo(6401);
                    assertThat(uri.getDatabase()).isEqualTo(2);
                    assertThat(uri.isSsl()).isTrue();
                    login(uri, "user", "secret");
                },
                "spring.data.redis.url=rediss://user:secret@redis.test:6401/2");
    }

    @Test
    void sentinel() {
        settings(
                settings -> {
                    assertThat(settings.topology()).isEqualTo(Topology.STANDALONE);
                    RedisURI uri = only(settings);
                    assertThat(uri.getSentinelMasterId()).isEqualTo("primary");
                    assertThat(uri.getSentinels()).extracting(RedisURI::getHost).containsExactlyInAnyOrder("s1", "s2");
                    assertThat(uri.getSentinels()).allSatisfy(node -> login(node, "watch", "sentry"));
                    assertThat(uri.getDatabase()).isEqualTo(4);
                    login(uri, "user", "secret");
                    assertThat(RedisConnection.describe(settings)).isEqualTo("Redis sentinel");
                },
                "spring.data.redis.sentinel.master=primary",
                "spring.data.redis.sentinel.nodes=s1:26379,s2:26380",
                "spring.data.redis.sentinel.username=watch",
                "spring.data.redis.sentinel.password=sentry",
                "spring.data.redis.database=4",
                "spring.data.redis.username=user",
                "spring.data.redis.password=secret");
    }

    @Test
    void cluster() {
        settings(
                settings -> {
                    assertThat(settings.topology()).isEqualTo(Topology.CLUSTER);
                    assertThat(settings.uris()).extracting(RedisURI::getPort).containsExactlyInAnyOrder(7001, 7002);
                    assertThat(settings.uris()).allSatisfy(uri -> login(uri, "user", "secret"));
                    assertThat(RedisConnection.describe(settings)).isEqualTo("Redis cluster");
                },
                "spring.data.redis.cluster.nodes=c1:7001,c2:7002",
                "spring.data.redis.username=user",
                "spring.data.redis.password=secret");
    }

    @Test
    void masterReplica() {
        settings(
                settings -> {
                    assertThat(settings.topology()).isEqualTo(Topology.MASTER_REPLICA);
                    assertThat(settings.uris()).extracting(RedisURI::getHost).containsExactly("m1", "r1");
                    assertThat(settings.uris()).allSatisfy(uri -> login(uri, "user", "secret"));
                    assertThat(RedisConnection.describe(settings)).isEqualTo("Redis master/replica");
                },
                "spring.data.redis.masterreplica.nodes=m1:6379,r1:6380",
                "spring.data.redis.username=user",
                "spring.data.redis.password=secret");
    }

    @Test
    void tls() {
        settings(
                settings -> {
                    RedisURI uri = only(settings);
                    assertThat(uri.isSsl()).isTrue();
                    assertThat(uri.getVerifyMode()).isEqualTo(SslVerifyMode.FULL);
                },
                "spring.data.redis.ssl.enabled=true");
    }

    @Test
    void clientOptions() {
        settings(
                settings -> {
                    assertThat(settings.options()).isNotNull();
                    assertThat(settings.options().getSocketOptions().getConnectTimeout())
                            .isEqualTo(Duration.ofSeconds(7));
                },
                "spring.data.redis.connect-timeout=7s");
    }

    @Test
    void aFactoryOfTheApplicationTakesPrecedence() {
        contexts.withBean(
                        LettuceConnectionFactory.class,
                        () -> new LettuceConnectionFactory(new RedisStandaloneConfiguration("own.test", 6500)))
                .withPropertyValues("spring.data.redis.host=ignored.test")
                .run(context -> {
                    RedisSettings settings = RedisConnection.settings(
                            context.getBean(RedisConnectionFactory.class),
                            context.getBeanProvider(DataRedisConnectionDetails.class)
                                    .getIfAvailable(),
                            Duration.ofMillis(70));
                    assertThat(only(settings).getHost()).isEqualTo("own.test");
                });
    }

    @Test
    void doesNotStealBeansOfTheApplication() {
        Contexts.inMemory().run(context -> {
            assertThat(context.getBeansOfType(Executor.class)).isEmpty();
            assertThat(context.getBeansOfType(ClientResources.class)).hasSize(1);
            assertThat(context.getBeansOfType(RedisConnectionFactory.class)).hasSize(1);
            assertThat(context.getBeansOfType(JsonMapper.class)).hasSize(1);
        });
    }
}
