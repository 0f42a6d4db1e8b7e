package io.r3mes.cache.engine;

import io.r3mes.cache.AsyncCache;
import io.r3mes.cache.AsyncLoader;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.Lookup;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.LocalEntry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The asynchronous face of a cache: the same paths, their steps on the node's executor. */
final class FutureCache<K, V> implements AsyncCache<K, V> {

    private final BlockingCache<K, V> cache;
    private final Node node;
    private final TieredCache<V> tiered;
    private final WriteThrough writes;
    private final Invalidator invalidator;

    FutureCache(
            BlockingCache<K, V> cache, Node node, TieredCache<V> tiered, WriteThrough writes, Invalidator invalidator) {
        this.cache = cache;
        this.node = node;
        this.tiered = tiered;
        this.writes = writes;
        this.invalidator = invalidator;
    }

    static <V> Read.Loading<V> noLoading() {
        return context -> CompletableFuture.failedFuture(new IllegalStateException("This read does not load"));
    }

    @Override
    public CompletableFuture<@Nullable V> get(K id, AsyncLoader<? super K, V> loader) {
        long startedAt = node.now();
        LocalEntry entry = tiered.local(cache.localId(id), startedAt);
        if (entry != null) {
            if (startedAt - entry.refreshAtNanos() >= 0) {
                cache.refreshAhead(id, context -> loader.load(id, context));
            }
            return CompletableFuture.completedFuture(cache.value(entry));
        }
        Read<V> read = read(id, context -> loader.load(id, context), startedAt);
        CompletableFuture<@Nullable V> result = new CompletableFuture<>();
        started(() -> tiered.read(read)).whenComplete((answer, failure) -> {
            if (answer instanceof Answer.LoaderFailed<V> failed) {
                result.completeExceptionally(failed.failure());
            } else if (answer != null) {
                result.complete(answer.get());
            } else {
                result.completeExceptionally(Failures.cause(failure));
            }
        });
        return result;
    }

    @Override
    public CompletableFuture<Lookup<V>> getIfPresent(K id) {
        long startedAt = node.now();
        LocalEntry entry = tiered.local(cache.localId(id), startedAt);
        if (entry != null) {
            return CompletableFuture.completedFuture(new Lookup.Hit<>(cache.value(entry)));
        }
        Read<V> read = read(id, noLoading(), startedAt);
        return started(() -> tiered.peek(read)).thenApply(cache::lookup);
    }

    @Override
    public CompletableFuture<Invalidation> set(K id, @Nullable V value, EntryOptions options) {
        Subject subject = Catalog.subject(cache.policy(), id);
        return started(() -> writes.take(subject, cache.localId(id)))
                .thenComposeAsync(ticket -> writes.store(ticket, value, options), executor());
    }

    @Override
    public CompletableFuture<Invalidation> delete(K id) {
        Event event = new Event.Keys(List.of(cache.key(id)));
        return started(() -> invalidator.invalidate(event));
    }

    private Read<V> read(K id, Read.Loading<V> loading, long startedAt) {
        return new Read<>(
                Catalog.subject(cache.policy(), id),
                cache.localId(id),
                loading,
                executor(),
                new LoaderThread(null),
                startedAt,
                tiered.limits());
    }

    /** Begins on the executor and ends there, so that neither the caller nor an I/O thread runs a loader or a callback. */
    private <T> CompletableFuture<T> started(Supplier<CompletableFuture<T>> work) {
        try {
            return CompletableFuture.supplyAsync(work, executor())
                    .thenCompose(stage -> stage)
                    .thenApplyAsync(result -> result, executor());
        } catch (RejectedExecutionException saturated) {
            return CompletableFuture.failedFuture(saturated);
        }
    }

    /** Read on the caller's thread, which may be inside a loader. */
    private Executor executor() {
        return node.loading().carried(node.environment().executor());
    }
}
