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

    /** The log fell back: what was reached before counts no more. Returns the callers to tell. */
    Due startOver(long position) {
        synchronized (this) {
            reached = Long.MIN_VALUE;
        }
        return reached(position);
    }

    /** Returns the callers to tell, which whoever holds a lock does after leaving it. */
    Due reached(long position) {
        List<CompletableFuture<Void>> due = new ArrayList<>();
        synchronized (this) {
            reached = Math.max(reached, position);
            while (!waiting.isEmpty() && waiting.peek().position() <= position) {
                due.add(waiting.remove().future());
            }
        }
        return new Due(due);
    }

    /** Callers whose position is reached, and who do not know it yet. */
    record Due(List<CompletableFuture<Void>> callers) {

        static final Due NOBODY = new Due(List.of());

        void tell() {
            callers.forEach(caller -> caller.complete(null));
        }
    }

    private record Waiter(long position, CompletableFuture<Void> future) {}
}
