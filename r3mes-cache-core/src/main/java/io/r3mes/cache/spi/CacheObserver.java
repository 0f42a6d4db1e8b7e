package io.r3mes.cache.spi;

import java.time.Duration;
import java.util.function.LongSupplier;

/** What the engine tells of its work. Implementations are thread-safe, quick, and never throw. */
public interface CacheObserver {

    /** The observer of one cache. Called once for each cache and value type; equal names share their figures. */
    OfCache cache(String name, LongSupplier localEntries);

    /** Redis did not acknowledge an operation in time. */
    void unavailable(String operation, Throwable cause);

    /** This node issued an invalidation. */
    void invalidated(Event event);

    /** The node began, or ceased, to distrust its near cache. */
    void fenced(boolean fenced);

    /** The log could not be followed without a gap; the near cache was dropped. */
    void discontinuity(String reason);

    /**
     * Another server had taken over; what it had lost, or may have lost, was sent again and acknowledged.
     *
     * @param invalidations how many were lost and sent by this node
     * @param took from noticing until a beat found that the log had acknowledged all
     */
    void replayed(int invalidations, Duration took);

    /** The reads and loads of one cache. Times are of {@link Environment#nanoTime()}. */
    interface OfCache {

        void localHit(String key, long startedAtNanos);

        void remoteHit(String key, long startedAtNanos);

        void miss(String key, long startedAtNanos);

        /** A caller waited for another caller's load. */
        void joined(String key);

        /** A caller shared what another caller had loaded while Redis was away. It counts as a miss, too. */
        default void degradedHit(String key) {}

        /** A read waited for a loader to end until its patience was over: too many were running. */
        default void overLimit(String key) {}

        /** A read, which is told as a miss too, gave up a slow load that goes on. */
        default void timedOut(String key) {}

        /** A read, which is told as a hit or a miss too, was answered with a value past its TTL. */
        default void stale(String key) {}

        void loaded(String key, long startedAtNanos, boolean succeeded);

        /** An entry in Redis that could not be decoded. */
        void unreadable(String key, Throwable cause);

        /** Redis did not answer for this cache. */
        void unavailable(String operation, Throwable cause);
    }
}
