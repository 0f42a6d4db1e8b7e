package io.r3mes.cache.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.masterreplica.MasterReplica;
import io.lettuce.core.resource.ClientResources;
import io.netty.util.Timer;
import io.r3mes.cache.redis.RedisSettings.Topology;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Lettuce client of one adapter: opens connections to whatever the settings describe. */
final class RedisClients {

    private static final Logger log = LoggerFactory.getLogger(RedisClients.class);
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(2);

    private final Map<Use, RedisCodec<String, byte[]>> codecs = new EnumMap<>(Use.class);
    private final ServerWatch watch;
    private final AbstractRedisClient client;
    private final Function<RedisCodec<String, byte[]>, CompletionStage<Opened>> opener;
    private final ClientResources resources;
    private final Topology topology;
    private final Duration commandTimeout;
    private final AtomicBoolean refreshing = new AtomicBoolean();
    private final Supplier<OptionalLong> configEpoch;

    RedisClients(RedisSettings settings, LongSupplier random) {
        RedisOptions options = new RedisOptions(settings);
        for (Use use : Use.values()) {
            codecs.put(use, new EntryCodec());
        }
        watch = new ServerWatch(codec(Use.COMMANDS));
        resources = options.resources(watch);
        List<RedisURI> uris = options.uris();
        topology = topology(settings);
        commandTimeout = settings.commandTimeout();
        if (topology == Topology.CLUSTER) {
            RedisClusterClient cluster = RedisClusterClient.create(resources, uris);
            cluster.setOptions(options.cluster());
            client = cluster;
            opener = codec -> openCluster(cluster, codec);
            configEpoch = new ConfigEpoch(cluster, watch)::current;
            cluster.addListener(new MasterSearch(
                    cluster::getPartitions, codec(Use.COMMANDS), () -> refresh(cluster), resources.timer(), random));
        } else {
            RedisClient single = RedisClient.create(resources);
            single.setOptions(options.single());
            client = single;
            configEpoch = () -> OptionalLong.of(0);
            opener = topology == Topology.MASTER_REPLICA
                    ? codec -> openMasterReplica(single, codec, uris)
                    : codec -> openSingle(single, codec, uris.get(0));
        }
        client.addListener(watch);
    }

    CompletionStage<Opened> open(Use use) {
        return opener.apply(codec(use));
    }

    /** Changes whenever the servers behind {@link Use#COMMANDS}, or the connections to them, may have changed. */
    long epoch() {
        return watch.epoch();
    }

    /** See {@link io.r3mes.cache.spi.RemoteStore#takeovers()}. */
    long takeovers() {
        return watch.takeovers();
    }

    /** A number that is higher after a slot of the cluster got another master; empty while it is being read. */
    OptionalLong configEpoch() {
        return configEpoch.get();
    }

    Timer timer() {
        return resources.timer();
    }

    /** Keeps times of milliseconds more closely than the timer does. */
    ScheduledExecutorService scheduler() {
        return resources.eventExecutorGroup();
    }

    /** How long an operation may take. */
    Duration commandTimeout() {
        return commandTimeout;
    }

    /**
     * Whether a connection must be opened anew after an operation failed so, because Lettuce would stay with the same
     * server, or return to it. Looks for a cluster's masters in the background if they may have changed.
     */
    boolean mustReopen(Throwable failure) {
        Refusal refusal = Refusal.of(failure);
        boolean demoted = refusal != null && refusal.isDemotion();
        if (demoted) {
            watch.changed();
        }
        boolean unreachable = failure instanceof RedisException
                && !(failure instanceof RedisCommandExecutionException
                        || failure instanceof RedisCommandTimeoutException);
        if (client instanceof RedisClusterClient cluster) {
            if (unreachable || demoted || refusal == Refusal.CLUSTERDOWN || refusal == Refusal.MOVED) {
                refresh(cluster);
            }
            return false;
        }
        return demoted || (topology == Topology.MASTER_REPLICA && unreachable);
    }

    /** Ends the client when its connections are closed. Waits, but not for long. */
    void closeAfter(CompletableFuture<Void> connections) {
        await(connections);
        await(client.shutdownAsync(0, SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        resources
                .shutdown(0, SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .addListener(future -> ended.complete(future.isSuccess()));
        await(ended);
        resources.timer().stop();
    }

    private void refresh(RedisClusterClient cluster) {
        if (!refreshing.compareAndSet(false, true)) {
            return;
        }
        try {
            cluster.refreshPartitionsAsync().whenComplete((done, failure) -> refreshed(failure));
        } catch (RuntimeException e) {
            refreshed(e);
        }
    }

    private void refreshed(@Nullable Throwable failure) {
        if (failure != null) {
            log.debug("Cannot read the topology of the cluster", failure);
        }
        try {
            timer().newTimeout(
                            pause -> refreshing.set(false),
                            RedisOptions.REFRESH_PAUSE.toMillis(),
                            TimeUnit.MILLISECONDS);
        } catch (IllegalStateException timerStopped) {
            log.debug("The client is closed", timerStopped);
        }
    }

    /** The master that sentinels name is followed by one connection. */
    private static Topology topology(RedisSettings settings) {
        boolean sentinels = !settings.uris().get(0).getSentinels().isEmpty();
        return settings.topology() == Topology.MASTER_REPLICA && sentinels ? Topology.STANDALONE : settings.topology();
    }

    private static CompletionStage<Opened> openSingle(
            RedisClient client, RedisCodec<String, byte[]> codec, RedisURI uri) {
        return client.connectAsync(codec, uri).thenApply(connection -> new Opened(connection, connection.async()));
    }

    private static CompletionStage<Opened> openMasterReplica(
            RedisClient client, RedisCodec<String, byte[]> codec, List<RedisURI> uris) {
        return MasterReplica.connectAsync(client, codec, uris).thenApply(connection -> {
            connection.setReadFrom(ReadFrom.UPSTREAM);
            return new Opened(connection, connection.async());
        });
    }

    private static CompletionStage<Opened> openCluster(RedisClusterClient client, RedisCodec<String, byte[]> codec) {
        return client.refreshPartitionsAsync()
                .thenCompose(refreshed -> client.connectAsync(codec))
                .thenApply(connection -> new Opened(connection, connection.async()));
    }

    private RedisCodec<String, byte[]> codec(Use use) {
        return Objects.requireNonNull(codecs.get(use));
    }

    private static void await(CompletableFuture<?> ending) {
        try {
            ending.get(SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.debug("The Redis client did not end cleanly", e);
        }
    }

    /** What a connection is for. Each has a codec of its own, by which its connections to single nodes are known. */
    enum Use {
        COMMANDS,
        LOG_READER,
        INVALIDATIONS
    }

    /** A connection and its commands. */
    record Opened(StatefulConnection<String, byte[]> connection, RedisClusterAsyncCommands<String, byte[]> commands) {}
}
