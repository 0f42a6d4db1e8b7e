package io.r3mes.cache;

import java.util.List;

/** What this node's caches did since start or {@link #reset}. Thread-safe; a reading is not an atomic snapshot. */
public interface CacheMetrics {

    /** All caches together. */
    CacheStats stats();

    /**
     * One cache.
     *
     * @throws IllegalArgumentException if no cache has that name
     */
    CacheStats stats(String cache);

    /** The keys with most hits, most first. Counts are estimates once more keys are in use than the sketch holds. */
    List<KeyCount> topHitKeys(int limit);

    /** The keys with most misses, most first. */
    List<KeyCount> topMissKeys(int limit);

    void reset();
}
