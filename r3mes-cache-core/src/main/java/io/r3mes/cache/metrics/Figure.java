package io.r3mes.cache.metrics;

/** What is counted for each cache. */
enum Figure {
    LOCAL_HITS,
    REMOTE_HITS,
    MISSES,
    /** The near-cache hits that the timed ones stand for. */
    LOCAL_TIMED,
    /** The time of {@link #LOCAL_TIMED}. */
    LOCAL_NANOS,
    REMOTE_NANOS,
    MISS_NANOS,
    LOADS,
    LOAD_FAILURES,
    JOINED,
    /** Misses answered by what was loaded while Redis was away. */
    DEGRADED_HITS,
    /** Loads that found too many loaders running for as long as they may wait. */
    OVER_LIMIT,
    /** Reads that gave up a slow load. */
    TIMED_OUT,
    STALE,
    UNREADABLE,
    UNAVAILABLE,
    /** Invalidations of the cache by its name. */
    CLEARED
}
