package io.r3mes.cache.engine;

import io.r3mes.cache.LoadContext;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One caller's request for one value.
 *
 * @param id the identity of the entry in the near cache
 * @param steps runs the steps of the request, and its loader
 * @param thread where the loader runs
 * @param limits how long its caller waits; null for as long as it takes
 */
record Read<V>(
        Subject subject,
        Object id,
        Loading<V> loading,
        Executor steps,
        LoaderThread thread,
        long startedAt,
        @Nullable TimeLimits limits) {

    /** A read that waits for as long as its loader takes. */
    Read(Subject subject, Object id, Loading<V> loading, Executor steps, @Nullable Thread thread, long startedAt) {
        this(subject, id, loading, steps, new LoaderThread(thread), startedAt, null);
    }

    /** Asks the source. A failure may be thrown or complete the stage. */
    @FunctionalInterface
    interface Loading<V> {

        CompletionStage<? extends @Nullable V> load(LoadContext context) throws Throwable;
    }

    /** The same request in the background, where nobody waits for it. */
    Read<V> inBackground(Executor executor, long now) {
        return new Read<>(subject, id, loading, executor, null, now);
    }

    String key() {
        return subject.key();
    }

    /** Whether the calling thread waits for the answer, and will run the loader. */
    boolean blocks() {
        return thread.isCurrent();
    }

    /** What is left at {@code now} of the time that it may wait. */
    Duration patience(Duration whole, long now) {
        Duration left = whole.minusNanos(now - startedAt);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** The same read, which tells when its loader is about to be called. */
    Read<V> telling(Runnable called) {
        Loading<V> told = context -> {
            called.run();
            return loading.load(context);
        };
        return new Read<>(subject, id, told, steps, thread, startedAt, limits);
    }
}
