package io.r3mes.cache.redis;

import io.r3mes.cache.OnFailover;
import io.r3mes.cache.spi.TagIndex;

/**
 * What begins the keys of one cache in Redis, and how the invalidations kept there are treated.
 *
 * @param name letters, digits, {@code .}, {@code _} and {@code -}
 * @param onFailover the same on all nodes
 * @param maxTagMembers about how many keys of one tag the index knows at most
 */
public record RedisNamespace(String name, OnFailover onFailover, int maxTagMembers) {

    /** A namespace that replays after a failover. */
    public static RedisNamespace of(String name) {
        return new RedisNamespace(name, OnFailover.REPLAY, TagIndex.MOST_MEMBERS);
    }
}
