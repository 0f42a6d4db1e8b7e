package io.r3mes.cache;

/**
 * What happens when the Redis server that keeps the invalidations may have forgotten acknowledged ones, because a replica
 * took over or the server restarted.
 */
public enum OnFailover {
    /**
     * The nodes send again what they invalidated, or saw invalidated, in the last minute and the server has lost. Cached
     * entries stay; until that is done, which takes a few round trips, a read may return what the server forgot to remove.
     */
    REPLAY,
    /** Every cached entry becomes invalid with the first command that reaches the other server. No read is stale. */
    FENCE
}
