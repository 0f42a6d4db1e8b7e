package io.r3mes.cache.race;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Faults of the servers that follow each other while races are played. */
final class Faults {

    private final AtomicLong count = new AtomicLong();
    private final CompletableFuture<Void> ended;
    private volatile boolean over;

    private Faults(List<Runnable> kinds) {
        ended = CompletableFuture.runAsync(() -> repeat(kinds), work -> new Thread(work, "faults").start());
    }

    /** Begins with the first kind; each returns when the servers have recovered. */
    static Faults inTurn(Runnable... kinds) {
        return new Faults(List.of(kinds));
    }

    /** The number of faults that the servers have recovered from. */
    long count() {
        return count.get();
    }

    /** Waits for the last fault. Returns the number of all; throws what went wrong with one. */
    long end() {
        over = true;
        ended.join();
        return count();
    }

    private void repeat(List<Runnable> kinds) {
        while (!over) {
            kinds.get((int) (count.get() % kinds.size())).run();
            count.incrementAndGet();
        }
    }
}
