package io.r3mes.cache.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.r3mes.cache.redis.RedisClients.Opened;
import io.r3mes.cache.redis.WriteBatches.Demand;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends writes that count as done only when enough replicas have them. {@code WAIT} counts the writes of its own
 * connection, so in a cluster both go to the master of the key's slot on one connection to it. Thread-safe.
 */
final class ReplicatedWrites implements Sender {

    private static final String ONLY = "";
    private static final int MOST_REDIRECTIONS = 2;

    private final RedisLink link;
    private final RedisClients clients;
    private final Demand demand;
    private final Map<String, WriteBatches> servers = new ConcurrentHashMap<>();

    /**
     * @param link for these writes alone
     */
    ReplicatedWrites(RedisLink link, RedisClients clients, int replicas) {
        this.link = link;
        this.clients = clients;
        this.demand = new Demand(replicas, clients.commandTimeout());
    }

    @Override
    public <T extends @Nullable Object> CompletionStage<T> send(Call<T> call) {
        return Retries.send(() -> follow(call, null, 0), clients.scheduler(), clients.commandTimeout());
    }

    private <T extends @Nullable Object> CompletionStage<T> follow(
            Call<T> call, @Nullable Redirection told, int redirections) {
        return link.use(opened -> sendOnce(opened, call, told)).exceptionallyCompose(failure -> {
            Redirection next = redirections == MOST_REDIRECTIONS ? null : Redirection.of(failure);
            return next == null ? CompletableFuture.failedFuture(failure) : follow(call, next, redirections + 1);
        });
    }

    private <T extends @Nullable Object> CompletionStage<T> sendOnce(
            Opened opened, Call<T> call, @Nullable Redirection told) {
        if (!(opened.connection() instanceof StatefulRedisClusterConnection<String, byte[]> cluster)) {
            return servers.computeIfAbsent(
                            ONLY,
                            only -> batches(
                                    () -> link.use(current -> CompletableFuture.completedFuture(current.connection()))))
                    .add(call, false);
        }
        Redirection target = told == null ? Redirection.toMaster(cluster, call.key()) : told;
        if (target == null) {
            return CompletableFuture.failedFuture(
                    new RedisUnavailableException("No master has the slot of " + call.key(), null));
        }
        return servers.computeIfAbsent(
                        target.address(), address -> batches(() -> link.use(current -> node(current, target))))
                .add(call, target.asking());
    }

    private WriteBatches batches(Supplier<CompletionStage<StatefulConnection<String, byte[]>>> connection) {
        return new WriteBatches(connection, clients.scheduler(), demand);
    }

    private static CompletionStage<StatefulConnection<String, byte[]>> node(Opened opened, Redirection target) {
        return opened.connection() instanceof StatefulRedisClusterConnection<String, byte[]> cluster
                ? cluster.getConnectionAsync(target.host(), target.port()).thenApply(node -> node)
                : CompletableFuture.failedFuture(new IllegalStateException("Not a connection to a cluster"));
    }
}
