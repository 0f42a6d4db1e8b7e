package io.r3mes.cache.spi;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Time, threads and chance, as given to the engine.
 *
 * @param clock monotonic, in nanoseconds
 * @param timer runs short tasks later
 * @param executor runs asynchronous loaders, warmers and background work; may block
 * @param random for tokens and jitter; thread-safe
 */
public record Environment(LongSupplier clock, Timer timer, Executor executor, RandomGenerator random) {

    public long nanoTime() {
        return clock.getAsLong();
    }

    /** Runs tasks after a delay. Thread-safe. */
    public interface Timer {

        /** Returns what cancels the task if it has not begun. */
        Runnable after(Duration delay, Runnable task);
    }
}
