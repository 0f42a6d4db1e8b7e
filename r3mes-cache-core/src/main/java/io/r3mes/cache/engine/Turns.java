package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Environment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets background steps go ahead one at a time, in the order they came, and rests after each for as long as it took, so
 * that they take at most half of what the servers can do. Thread-safe.
 */
final class Turns {

    private static final int MOST_WAITING = 1_000;
    private static final long SHORTEST_REST_NANOS = 50_000;
    private static final long LONGEST_REST_NANOS = 100_000_000;

    private final Environment environment;
    private final Object lock = new Object();
    private final Deque<Turn<?>> waiting = new ArrayDeque<>(); // guarded by lock
    private boolean taken; // guarded by lock
    private boolean closed; // guarded by lock

    Turns(Environment environment) {
        this.environment = environment;
    }

    /** Completes as the step does, or exceptionally if too many wait or no more turns are given. */
    <T extends @Nullable Object> CompletableFuture<T> next(Supplier<CompletableFuture<T>> step) {
        Turn<T> turn = new Turn<>(step, new CompletableFuture<>());
        synchronized (lock) {
            if (closed || waiting.size() == MOST_WAITING) {
                return CompletableFuture.failedFuture(new RejectedExecutionException(
                        closed ? "The cache is closed" : "Too much background work waits"));
            }
            if (taken) {
                waiting.addLast(turn);
                return turn.done();
            }
            taken = true;
        }
        take(turn);
        return turn.done();
    }

    /** Gives no more turns. Whatever waits fails. */
    void close() {
        Deque<Turn<?>> refused;
        synchronized (lock) {
            closed = true;
            refused = new ArrayDeque<>(waiting);
            waiting.clear();
        }
        refused.forEach(
                turn -> turn.done().completeExceptionally(new RejectedExecutionException("The cache is closed")));
    }

    private <T extends @Nullable Object> void take(Turn<T> turn) {
        long startedAt = environment.nanoTime();
        CompletableFuture<T> step;
        try {
            step = turn.step().get();
        } catch (RuntimeException failure) {
            step = CompletableFuture.failedFuture(failure);
        }
        step.whenComplete((result, failure) -> {
            long rest = Math.min(environment.nanoTime() - startedAt, LONGEST_REST_NANOS);
            if (rest < SHORTEST_REST_NANOS) {
                passOn();
            } else {
                environment.timer().after(Duration.ofNanos(rest), this::passOn);
            }
            if (failure == null) {
                turn.done().complete(result);
            } else {
                turn.done().completeExceptionally(failure);
            }
        });
    }

    private void passOn() {
        Turn<?> following;
        synchronized (lock) {
            following = waiting.pollFirst();
            taken = following != null;
        }
        if (following != null) {
            onward(following);
        }
    }

    /** On the executor, so that steps that complete at once do not nest. */
    private void onward(Turn<?> turn) {
        try {
            environment.executor().execute(() -> take(turn));
        } catch (RejectedExecutionException saturated) {
            turn.done().completeExceptionally(saturated);
            passOn();
        }
    }

    private record Turn<T extends @Nullable Object>(Supplier<CompletableFuture<T>> step, CompletableFuture<T> done) {}
}
