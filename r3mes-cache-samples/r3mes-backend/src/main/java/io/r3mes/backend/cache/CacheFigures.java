package io.r3mes.backend.cache;

import io.r3mes.cache.CacheStats;
import io.r3mes.cache.KeyCount;
import java.util.List;

/** The eight figures of one cache, or of all, on this node. */
record CacheFigures(
        long hits,
        long misses,
        double hitRate,
        double missRate,
        double averageResponseTimeMillis,
        double requestsPerSecond,
        List<KeyCount> topHitKeys,
        List<KeyCount> topMissKeys) {

    static CacheFigures of(CacheStats stats, List<KeyCount> topHitKeys, List<KeyCount> topMissKeys) {
        return new CacheFigures(
                stats.hits(),
                stats.misses(),
                stats.hitRate(),
                stats.missRate(),
                stats.averageResponseTime().toNanos() / 1e6,
                stats.requestsPerSecond(),
                topHitKeys,
                topMissKeys);
    }
}
