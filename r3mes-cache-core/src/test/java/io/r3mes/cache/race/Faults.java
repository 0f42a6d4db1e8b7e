package io.r3mes.cache.race;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/** Faults of the servers that happen while races are played, one each so many rounds that end between faults. */
final class Faults {

    private final long pace;
    private final AtomicLong rounds = new AtomicLong();
    private final AtomicLong calmRounds = new AtomicLong();
    private final AtomicLong count = new AtomicLong();
    private final Semaphore due = new Semaphore(0);
    private final CompletableFuture<Void> ended;
    private volatile boolean underWay;
    private volatile boolean over;

    private Faults(long pace, List<Runnable> kinds) {
        this.pace = pace;
        ended = CompletableFuture.runAsync(() -> repeat(kinds), work -> new Thread(work, "faults").start());
    }

    /**
     * Each returns when the servers have recovered. None begins before the one before it is over.
     *
     * @param pace how many rounds there are between two
     */
    static Faults inTurn(long pace, Runnable... kinds) {
        return new Faults(pace, List.of(kinds));
    }

    /** Returns whether the round ended between faults. */
    boolean roundPlayed() {
        rounds.incrementAndGet();
        if (underWay) {
            return false;
        }
        if (calmRounds.incrementAndGet() % pace == 0) {
            underWay = true;
            due.release();
        }
        return true;
    }

    /** Waits, within a fault, until so many more rounds are played. */
    void awaitRounds(long more) {
        long until = rounds.get() + more;
        Awaitility.await()
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofMinutes(2))
                .until(() -> rounds.get() >= until);
    }

    boolean isUnderWay() {
        return underWay;
    }

    /** The number of faults that the servers have recovered from. */
    long count() {
        return count.get();
    }

    /** Waits for the last fault. Returns the number of all; throws what went wrong with one. */
    long end() {
        over = true;
        due.release();
        ended.join();
        return count();
    }

    private void repeat(List<Runnable> kinds) {
        due.acquireUninterruptibly();
        while (!over) {
            try {
                kinds.get((int) (count.get() % kinds.size())).run();
                count.incrementAndGet();
            } finally {
                underWay = false;
            }
            due.acquireUninterruptibly();
        }
    }
}
