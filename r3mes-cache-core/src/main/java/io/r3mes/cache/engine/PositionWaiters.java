package io.r3mes.cache.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;

/** Callers that wait until the timeline has applied a position. Thread-safe; each waits with a timeout of its own. */
final class PositionWaiters {

    private final PriorityQueue<Waiter> waiting =
            new PriorityQueue<>((a, b) -> Long.compare(a.position(), b.position()));

    private long reached;

    /** A future that completes when the position is reached; {@link #forget} it when no longer of interest. */
    CompletableFuture<Void> await(long position) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        synchronized (this) {
            if (position > reached) {
                waiting.add(new Waiter(position, future));
                return future;
            }
        }
        future.complete(null);
        return future;
    }

    void forget(CompletableFuture<Void> future) {
        synchronized (this) {
            waiting.removeIf(waiter -> waiter.future() == future);
        }
    }

    /** The log fell back: what was reached before counts no more. */
    void startOver(long position) {
        synchronized (this) {
            reached = Long.MIN_VALUE;
        }
        reached(position);
    }

    void reached(long position) {
        List<CompletableFuture<Void>> due = new ArrayList<>();
        synchronized (this) {
            reached = Math.max(reached, position);
            while (!waiting.isEmpty() && waiting.peek().position() <= position) {
                due.add(waiting.remove().future());
            }
        }
        due.forEach(future -> future.complete(null));
    }

    private record Waiter(long position, CompletableFuture<Void> future) {}
}
