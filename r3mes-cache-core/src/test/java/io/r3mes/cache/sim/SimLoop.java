package io.r3mes.cache.sim;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The scheduler of a simulation: a clock that jumps from event to event, and the only source of chance. One thread, no
 * dependence on anything but the seed.
 */
final class SimLoop {

    static final long MICRO = 1_000;
    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000_000_000;

    private final PriorityQueue<Due> queue =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::number));
    private final RandomGenerator random;
    private long now;
    private long numbers;
    private long executed;
    private Object context;

    SimLoop(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Whose events wait while it pauses and are dropped when it has ended. */
    static final class Life {

        private final String name;
        private boolean ended;
        private long pausedUntil;

        Life(String name) {
            this.name = name;
        }

        void end() {
            ended = true;
        }

        boolean isEnded() {
            return ended;
        }

        void pauseUntil(long until) {
            pausedUntil = Math.max(pausedUntil, until);
        }

        boolean isPaused(long at) {
            return pausedUntil > at;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Nanoseconds since the simulation began. */
    long now() {
        return now;
    }

    long executed() {
        return executed;
    }

    /** On whose behalf the running event happens, inherited by the events that it causes; may be null. */
    Object context() {
        return context;
    }

    void context(Object changed) {
        context = changed;
    }

    /** Runs a task of {@code life}, or of the world if that is null. Returns what cancels it. */
    Runnable after(long nanos, Life life, Runnable task) {
        Due due = new Due(now + Math.max(0, nanos), numbers++, life, task, context);
        queue.add(due);
        return () -> due.cancelled = true;
    }

    Runnable after(Duration delay, Life life, Runnable task) {
        return after(delay.toNanos(), life, task);
    }

    void run(long until) {
        for (Due due = queue.peek(); due != null && due.at <= until; due = queue.peek()) {
            queue.remove();
            now = due.at;
            if (due.cancelled || (due.life != null && due.life.ended)) {
                continue;
            }
            if (due.life != null && due.life.pausedUntil > now) {
                due.at = due.life.pausedUntil;
                queue.add(due);
                continue;
            }
            context = due.context;
            executed++;
            due.task.run();
        }
        now = until;
        context = null;
    }

    RandomGenerator random() {
        return random;
    }

    boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    /** A number from {@code low} to {@code high}, both inclusive. */
    long between(long low, long high) {
        return low + random.nextLong(high - low + 1);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    @SafeVarargs
    final <T> T pick(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static final class Due {

        private long at;
        private final long number;
        private final Life life;
        private final Runnable task;
        private final Object context;
        private boolean cancelled;

        Due(long at, long number, Life life, Runnable task, Object context) {
            this.at = at;
            this.number = number;
            this.life = life;
            this.task = task;
            this.context = context;
        }

        long at() {
            return at;
        }

        long number() {
            return number;
        }
    }
}
