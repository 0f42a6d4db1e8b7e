package io.r3mes.cache.spi;

import org.jspecify.annotations.Nullable;

/**
 * Reads of one cache that end at the near cache, for callers to whom a loader is not worth its making while there is a hit.
 * Caches of the engine implement it beside {@link io.r3mes.cache.Cache}. Thread-safe.
 */
public interface NearReads {

    /**
     * The valid entry of an id, counted as a hit. Null, and nothing is counted, if there is none or if a load ahead of its
     * expiry is due: then the cache itself is to be asked.
     *
     * @throws io.r3mes.cache.CacheKeyException if the id does not fit the cache's key template
     */
    @Nullable LocalEntry near(@Nullable Object id);
}
