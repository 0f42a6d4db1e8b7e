package io.r3mes.cache.engine;

import io.r3mes.cache.spi.CacheObserver;
import java.util.concurrent.CompletableFuture;

/** Calls the loaders of one cache and counts how they ended. Thread-safe. */
final class LoaderCalls<V> {

    private final Node node;
    private final CacheObserver.OfCache observer;

    LoaderCalls(Node node, CacheObserver.OfCache observer) {
        this.node = node;
        this.observer = observer;
    }

    /** Calls the loader once. Its failure becomes an answer, so that nothing can wrap it on its way to the caller. */
    CompletableFuture<Answer<V>> run(Read<V> read, LoadDecisions decisions) {
        long startedAt = node.now();
        CompletableFuture<Answer<V>> ended;
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
        }
        return ended.whenComplete(
                (answer, never) -> observer.loaded(read.key(), startedAt, answer instanceof Answer.Value));
    }

    /** For this caller alone: nothing is stored. */
    CompletableFuture<Answer<V>> withoutStoring(Read<V> read) {
        return run(read, new LoadDecisions());
    }
}
