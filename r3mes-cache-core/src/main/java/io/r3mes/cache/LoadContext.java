package io.r3mes.cache;

import java.time.Duration;

/** What a loader may decide about the one value it is loading. Not thread-safe; valid until the load ends. */
public interface LoadContext {

    /**
     * Replaces the cache's TTL for this value. Jitter still applies.
     *
     * @throws IllegalArgumentException if {@code ttl} is shorter than 1 ms or longer than 36500 days
     */
    void ttl(Duration ttl);

    /** Adds tags to those of the cache's policy. */
    void tags(String... tags);

    /** Hands the value to its callers without caching it. */
    void doNotStore();
}
