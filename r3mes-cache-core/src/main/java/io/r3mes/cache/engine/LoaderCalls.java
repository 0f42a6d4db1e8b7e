package io.r3mes.cache.engine;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.CacheObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/** Calls the loaders of one cache, within its limit, and counts how they ended. Thread-safe. */
final class LoaderCalls<V> {

    private final Node node;
    private final CachePolicy policy;
    private final LoadLimit limit;
    private final CacheObserver.OfCache observer;

    LoaderCalls(Node node, CachePolicy policy, CacheObserver.OfCache observer) {
        this.node = node;
        this.policy = policy;
        this.limit = new LoadLimit(node, policy, observer);
        this.observer = observer;
    }

    /** The load of another caller. */
    record Other<T>(LoaderThread thread, CompletableFuture<T> landing) {}

    /** Calls a loader of many on the calling thread. */
    @FunctionalInterface
    interface Bulk<T, X extends Exception> {

        T call() throws X;
    }

    /** Calls the loader once. Its failure becomes an answer, so that nothing can wrap it on its way to the caller. */
    CompletableFuture<Answer<V>> run(Read<V> read, LoadDecisions decisions) {
        return limit.enter(new LoadLimit.Caller(read.key(), patience(read), read.blocks(), read.steps()))
                .handle((entered, rejected) -> entered == null
                        ? CompletableFuture.<Answer<V>>completedFuture(
                                new Answer.LoaderFailed<>(Failures.cause(rejected), true))
                        : call(read, decisions).whenComplete((answer, never) -> entered.run()))
                .thenCompose(answer -> answer);
    }

    private CompletableFuture<Answer<V>> call(Read<V> read, LoadDecisions decisions) {
        TimeLimits limits = read.limits();
        if (limits == null) {
            return callHere(read, decisions);
        }
        if (limits.areOver(read.startedAt(), node.now())) {
            return CompletableFuture.completedFuture(TimedWaits.notCalled());
        }
        if (!read.blocks()) {
            return callTimed(read, decisions);
        }
        try {
            return CompletableFuture.supplyAsync(
                            () -> callTimed(read, decisions), node.environment().executor())
                    .thenCompose(answer -> answer);
        } catch (RejectedExecutionException saturated) {
            node.observer().unavailable("timed load", saturated);
            return callHere(read, decisions);
        }
    }

    /** A loader that its caller may leave behind. */
    private CompletableFuture<Answer<V>> callTimed(Read<V> read, LoadDecisions decisions) {
        if (read.thread().isKnown()) {
            read.thread().moveHere();
        }
        return callHere(read, decisions);
    }

    private CompletableFuture<Answer<V>> callHere(Read<V> read, LoadDecisions decisions) {
        long startedAt = node.now();
        CompletableFuture<Answer<V>> ended;
        node.loading().enter();
        try {
            ended = read.loading()
                    .load(decisions)
                    .<Answer<V>>handle((value, failure) -> failure == null
                            ? new Answer.Value<>(value)
                            : new Answer.LoaderFailed<>(Failures.cause(failure)))
                    .toCompletableFuture();
        } catch (Throwable failure) {
            boolean interrupted = Thread.currentThread().isInterrupted();
            ended = CompletableFuture.completedFuture(new Answer.LoaderFailed<>(failure, interrupted));
        } finally {
            node.loading().leave();
        }
        return ended.whenComplete(
                (answer, never) -> observer.loaded(read.key(), startedAt, answer instanceof Answer.Value));
    }

    /** Calls a loader of many, which counts as one, once its turn has come. */
    <T, X extends Exception> T runBulk(String name, Bulk<T, X> bulk) throws X {
        Executor executor = node.environment().executor();
        Runnable ended = CallerThread.call(
                executor,
                steps -> limit.enter(new LoadLimit.Caller(name, policy.load().maxWait(), true, steps)));
        long startedAt = node.now();
        boolean succeeded = false;
        node.loading().enter();
        try {
            T loaded = bulk.call();
            succeeded = true;
            return loaded;
        } finally {
            node.loading().leave();
            ended.run();
            observer.loaded(name, startedAt, succeeded);
        }
    }

    /** How much longer a read may wait for others. */
    Duration patience(Read<V> read) {
        return read.patience(policy.load().maxWait(), node.now());
    }

    /**
     * Goes on with what another caller's load brings. Loads for this caller alone where that takes too long, or waits for
     * this very caller.
     */
    <T> CompletableFuture<Answer<V>> after(
            Other<T> other, Read<V> read, Function<T, CompletableFuture<Answer<V>>> landed) {
        boolean blocks = read.blocks();
        if (blocks && !node.loading().mayAwait(other.thread())) {
            return withoutStoring(read);
        }
        observer.joined(read.key());
        return node.within(patience(read), other.landing())
                .thenComposeAsync(
                        landing -> {
                            if (blocks) {
                                node.loading().awaited();
                            }
                            return landing == null ? withoutStoring(read) : landed.apply(landing);
                        },
                        read.steps());
    }

    /** For this caller alone: nothing is stored. */
    CompletableFuture<Answer<V>> withoutStoring(Read<V> read) {
        return run(read, new LoadDecisions());
    }
}
