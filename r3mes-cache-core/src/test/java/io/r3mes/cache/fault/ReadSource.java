package io.r3mes.cache.fault;

import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Event;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Tells where the calling thread's last blocking read got its value from, and what went wrong on the node. */
final class ReadSource implements CacheObserver {

    private final ThreadLocal<Source> last = ThreadLocal.withInitial(() -> Source.REMOTE);
    private final AtomicLong unavailable = new AtomicLong();
    private final AtomicLong discontinuities = new AtomicLong();
    private final List<Integer> replays = new CopyOnWriteArrayList<>();

    /** Where a value came from. */
    enum Source {
        LOCAL,
        /** Loaded by another caller without Redis. */
        SHARED,
        REMOTE,
        JOINED,
        LOADED
    }

    /** Call it before the read. */
    void forget() {
        last.set(Source.REMOTE);
    }

    Source last() {
        return last.get();
    }

    long unavailableCount() {
        return unavailable.get();
    }

    long discontinuities() {
        return discontinuities.get();
    }

    /** How many invalidations each replay after a failover sent again. */
    List<Integer> replays() {
        return List.copyOf(replays);
    }

    @Override
    public OfCache cache(String name, LongSupplier localEntries) {
        return new OfCache() {
            @Override
            public void localHit(String key, long startedAtNanos) {
                last.set(Source.LOCAL);
            }

            @Override
            public void remoteHit(String key, long startedAtNanos) {
                last.set(Source.REMOTE);
            }

            @Override
            public void degradedHit(String key) {
                last.set(Source.SHARED);
            }

            @Override
            public void miss(String key, long startedAtNanos) {}

            @Override
            public void joined(String key) {
                last.set(Source.JOINED);
            }

            @Override
            public void loaded(String key, long startedAtNanos, boolean succeeded) {
                last.set(Source.LOADED);
            }

            @Override
            public void unreadable(String key, Throwable cause) {}

            @Override
            public void unavailable(String operation, Throwable cause) {
                unavailable.incrementAndGet();
            }
        };
    }

    @Override
    public void unavailable(String operation, Throwable cause) {
        unavailable.incrementAndGet();
    }

    @Override
    public void invalidated(Event event) {}

    @Override
    public void fenced(boolean fenced) {}

    @Override
    public void replayed(int invalidations, Duration took) {
        replays.add(invalidations);
    }

    @Override
    public void discontinuity(String reason) {
        discontinuities.incrementAndGet();
    }
}
