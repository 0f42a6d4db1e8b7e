package io.r3mes.cache.race;

import io.r3mes.cache.Loader;
import io.r3mes.cache.spi.Event;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/** A node as the races see it, in this JVM or in another one. Thread-safe. */
interface RaceNode extends AutoCloseable {

    /** The version that a cache holds, or the loader's. The loader runs in this JVM, within the node's load. */
    long get(String cache, String id, Loader<String, Long, RuntimeException> loader);

    default long get(String id, Loader<String, Long, RuntimeException> loader) {
        return get(RaceFixture.CACHE, id, loader);
    }

    /** The version that the cache of the races holds, or {@code other} on a miss. */
    long getIfPresent(String id, long other);

    void refresh(String id, Loader<String, Long, RuntimeException> loader);

    Ticket writeTicket(String id);

    Receipt invalidate(Event event);

    boolean awaitApplied(long position, Duration timeout);

    @Override
    void close();

    /** An announced write. */
    @FunctionalInterface
    interface Ticket {
        Receipt store(long version);
    }

    /** The receipt of an invalidation or a write. */
    @FunctionalInterface
    interface Receipt {

        /** Empty while Redis has not acknowledged it. */
        OptionalLong position();

        /** Waits until Redis has acknowledged it: before that, it promises nothing to other nodes. */
        default long acknowledged(Duration timeout) {
            long until = System.nanoTime() + timeout.toNanos();
            OptionalLong position = position();
            while (position.isEmpty()) {
                if (System.nanoTime() - until > 0) {
                    throw new IllegalStateException("Redis does not acknowledge");
                }
                LockSupport.parkNanos(500_000);
                position = position();
            }
            return position.getAsLong();
        }
    }
}
