package io.r3mes.cache;

import java.time.Duration;

/**
 * Figures of one cache, or of all, on this node.
 *
 * @param reads how the reads ended
 * @param loads what the loaders did
 * @param averageResponseTime mean time of a read, hit or miss, the loader included; near-cache hits are sampled
 * @param requestsPerSecond reads per second over the last minute, or since start if that is shorter
 * @param localEntries entries in this node's near cache
 */
public record CacheStats(
        Reads reads, Loads loads, Duration averageResponseTime, double requestsPerSecond, long localEntries) {

    /**
     * How reads ended.
     *
     * @param localHits served from the near cache
     * @param remoteHits served from Redis
     * @param misses neither had a valid value
     */
    public record Reads(long localHits, long remoteHits, long misses) {}

    /**
     * What loaders and failures cost.
     *
     * @param loads calls of a loader that returned
     * @param failures calls of a loader that threw
     * @param joined callers that waited for another caller's load instead of loading
     * @param unreadable entries in Redis that could not be decoded and counted as a miss
     * @param unavailable operations that Redis did not answer in time
     * @param invalidations invalidations issued by this node; of one cache, those that name the cache
     * @param stale reads answered with a value past its TTL, hits or misses
     */
    public record Loads(
            long loads,
            long failures,
            long joined,
            long unreadable,
            long unavailable,
            long invalidations,
            long stale) {}

    public long hits() {
        return reads.localHits() + reads.remoteHits();
    }

    public long misses() {
        return reads.misses();
    }

    public long requests() {
        return hits() + misses();
    }

    /** Hits per request, between 0 and 1; 0 without requests. */
    public double hitRate() {
        return requests() == 0 ? 0 : (double) hits() / requests();
    }

    /** Misses per request, between 0 and 1; 0 without requests. */
    public double missRate() {
        return requests() == 0 ? 0 : (double) misses() / requests();
    }
}
