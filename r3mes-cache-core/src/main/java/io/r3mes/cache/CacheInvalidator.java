package io.r3mes.cache;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;

/**
 * Makes cached values invalid on every node. Thread-safe.
 *
 * <p>Call it after the database commit. When a method returns an acknowledged receipt, no read that starts afterwards on
 * this node is served a value born before the call, and for keys none on any node is served one from Redis. Everything else
 * holds on another node from the moment it applied the event, at the latest after the configured max-staleness. {@link
 * Invalidation#awaitEverywhere} waits for all of them.
 *
 * <p>No method throws because Redis is away. The receipt then says pending, this node honours the invalidation at once,
 * and it is sent before anything else when Redis returns.
 *
 * <p>Tags, patterns, caches and everything cost one step in Redis whatever the number of entries; memory is reclaimed
 * afterwards, in batches.
 */
public interface CacheInvalidator {

    Invalidation invalidateKey(String key);

    Invalidation invalidateKeys(Collection<String> keys);

    /** Invalidates every entry that carries at least one of the tags. */
    Invalidation invalidateByTag(String... tags);

    /**
     * Invalidates every key that matches a glob: {@code *} stands for any run of characters, {@code ?} for one, and
     * {@code \\} takes the next character literally. At most 256 characters and 8 stars.
     */
    Invalidation invalidateByPattern(String glob);

    /**
     * @throws IllegalArgumentException if no cache has that name
     */
    Invalidation invalidateCache(String cache);

    Invalidation invalidateAll();

    /** The entries that carry a tag, and up to 100 of their keys. */
    default TagMembers members(String tag) {
        return members(tag, 100);
    }

    /**
     * The entries that carry a tag. An entry is not among the keys once it has expired, was removed from Redis, or was
     * invalidated as far as this node knows. If Redis does not answer, the result says that it is not known.
     *
     * @param limit how many keys to list, from 0 (only count) to {@link TagMembers#MOST_KEYS}
     */
    TagMembers members(String tag, int limit);

    CompletableFuture<Invalidation> invalidateKeyAsync(String key);

    CompletableFuture<Invalidation> invalidateKeysAsync(Collection<String> keys);

    CompletableFuture<Invalidation> invalidateByTagAsync(String... tags);

    CompletableFuture<Invalidation> invalidateByPatternAsync(String glob);

    CompletableFuture<Invalidation> invalidateCacheAsync(String cache);

    CompletableFuture<Invalidation> invalidateAllAsync();

    CompletableFuture<TagMembers> membersAsync(String tag, int limit);
}
