package io.r3mes.cache.redis;

import io.r3mes.cache.OnFailover;
import io.r3mes.cache.spi.TagIndex;

/**
 * What begins the keys of one cache in Redis, and how the invalidations kept there are treated.
 *
 * @param name letters, digits, {@code .}, {@code _} and {@code -}
 * @param onFailover the same on all nodes
 * @param mostTagMembers about how many keys of one tag are known at most; the same on all nodes
 * @param minReplicas how many replicas must have an invalidation before it is acknowledged
 */
public record RedisNamespace(String name, OnFailover onFailover, int mostTagMembers, int minReplicas) {

    /** A namespace that replays after a failover, knows the usual number of members and waits for no replica. */
    public static RedisNamespace of(String name) {
        return new RedisNamespace(name, OnFailover.REPLAY, TagIndex.MOST_MEMBERS, 0);
    }
}
