package io.r3mes.cache.redis;

import io.r3mes.cache.OnFailover;
import io.r3mes.cache.spi.TagIndex;

/**
 * What begins the keys of one cache in Redis, and how the invalidations kept there are treated.
 *
 * @param name letters, digits, {@code .}, {@code _} and {@code -}
 * @param onFailover the same on all nodes
 * @param mostTagMembers about how many keys of one tag are known at most; the same on all nodes
 */
public record RedisNamespace(String name, OnFailover onFailover, int mostTagMembers) {

    /** A namespace that replays after a failover and knows the usual number of members. */
    public static RedisNamespace of(String name) {
        return new RedisNamespace(name, OnFailover.REPLAY, TagIndex.MOST_MEMBERS);
    }
}
