package io.r3mes.cache.engine;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.LoadRejectedException;
import io.r3mes.cache.spi.CacheObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * How many loaders of one cache run at once on this node, so that a slow source keeps no more of its callers. Thread-safe.
 */
final class LoadLimit {

    private static final Runnable NOTHING = () -> {};

    private final Node node;
    private final CachePolicy policy;
    private final Permits permits;
    private final CacheObserver.OfCache observer;

    LoadLimit(Node node, CachePolicy policy, CacheObserver.OfCache observer) {
        this.node = node;
        this.policy = policy;
        this.permits = new Permits(policy.load().maxConcurrent());
        this.observer = observer;
    }

    /**
     * Who wants to call a loader.
     *
     * @param key what it loads, for the figures
     * @param patience how long it may wait
     * @param blocks whether the calling thread waits for its turn
     * @param steps where it goes on after it has waited
     */
    record Caller(String key, Duration patience, boolean blocks, Executor steps) {}

    /**
     * Completes when the loader may be called, with what must run when it has ended; exceptionally with a
     * {@link LoadRejectedException}. A loader inside another one is never held up: that one may wait for it.
     */
    CompletableFuture<Runnable> enter(Caller caller) {
        if (permits.areUnlimited() || node.loading().isInside()) {
            return CompletableFuture.completedFuture(NOTHING);
        }
        CompletableFuture<Boolean> place = permits.take();
        if (place == null) {
            return full(caller);
        }
        if (place.isDone()) {
            return CompletableFuture.completedFuture(permits::release);
        }
        if (caller.blocks() && !node.loading().mayQueue()) {
            return CompletableFuture.completedFuture(permits.leave(place) ? NOTHING : permits::release);
        }
        return node.within(caller.patience(), place)
                .thenComposeAsync(
                        got -> {
                            if (caller.blocks()) {
                                node.loading().queued();
                            }
                            boolean mine = got != null || !permits.leave(place);
                            return mine ? CompletableFuture.completedFuture(permits::release) : full(caller);
                        },
                        caller.steps());
    }

    private CompletableFuture<Runnable> full(Caller caller) {
        observer.overLimit(caller.key());
        CachePolicy.Load load = policy.load();
        return load.rejectWhenFull()
                ? CompletableFuture.failedFuture(new LoadRejectedException("Cache '" + policy.name() + "': "
                        + load.maxConcurrent() + " loaders run already, and none ended within " + load.maxWait()
                        + ". Raise load.max-concurrent or load.max-wait, or set load.reject-when-full to false."))
                : CompletableFuture.completedFuture(NOTHING);
    }
}
