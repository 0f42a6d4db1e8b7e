package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Environment;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/** A clock that stands still until it is moved, and a timer that runs what falls due on the mover's thread. */
final class FakeTime implements Environment.Timer {

    private static final Duration STEP = Duration.ofMillis(5);

    private final PriorityQueue<Due> queue =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::number));
    private final Queue<Work<?>> tasks = new ConcurrentLinkedQueue<>();
    private long now = 1_000_000_000L;
    private long numbers;

    /** An environment whose work runs on the thread that hands it in. */
    Environment environment(long seed) {
        return environment(seed, Runnable::run);
    }

    Environment environment(long seed, Executor executor) {
        return new Environment(this::now, this, executor, new java.util.Random(seed)::nextLong);
    }

    /** Gives each task a thread of its own, and the clock waits for it as it waits for those it moves for. */
    Executor threads() {
        return task -> {
            tasks.removeIf(CompletableFuture::isDone);
            tasks.add(Work.start(() -> {
                task.run();
                return true;
            }));
        };
    }

    synchronized long now() {
        return now;
    }

    @Override
    public synchronized Runnable after(Duration delay, Runnable task) {
        Due due = new Due(now + delay.toNanos(), numbers++, task);
        queue.add(due);
        return () -> cancel(due);
    }

    /** Moves the clock on and runs what falls due, in order and at its time. */
    void advance(Duration by) {
        long until = now() + by.toNanos();
        for (Due due = next(until); due != null; due = next(until)) {
            due.task().run();
        }
        synchronized (this) {
            now = Math.max(now, until);
        }
    }

    /** Moves the clock in small steps until {@code work} has ended, as {@link #advanceUntil(Collection)} does. */
    Duration advanceUntil(Future<?> work) {
        return advanceUntil(List.of(work));
    }

    /**
     * Moves the clock in small steps until all {@code works} have ended, each time that their threads wait: a clock that
     * moved between two of their steps would let one find a time-out over before it looked for what it awaits. Returns what
     * it took.
     */
    Duration advanceUntil(Collection<? extends Future<?>> works) {
        long from = now();
        long giveUp = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!works.stream().allMatch(Future::isDone)) {
            if (System.nanoTime() - giveUp > 0) {
                throw new AssertionError("The work does not end");
            }
            if (isIdle()
                    || works.stream().anyMatch(FakeTime::isBusy)
                    || tasks.stream().anyMatch(Work::isBusy)) {
                Thread.yield();
            } else {
                advance(STEP);
            }
        }
        return Duration.ofNanos(now() - from);
    }

    private static boolean isBusy(Future<?> work) {
        return work instanceof Work<?> other && other.isBusy();
    }

    private synchronized boolean isIdle() {
        return queue.isEmpty();
    }

    private synchronized void cancel(Due due) {
        queue.remove(due);
    }

    private synchronized Due next(long until) {
        Due due = queue.peek();
        if (due == null || due.at() > until) {
            return null;
        }
        queue.remove();
        now = Math.max(now, due.at());
        return due;
    }

    private record Due(long at, long number, Runnable task) {}
}
