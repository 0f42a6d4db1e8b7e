package io.r3mes.cache.spi;

import io.r3mes.cache.CachePolicy;
import org.jspecify.annotations.Nullable;

/**
 * The bounded near cache of one cache on one node. Thread-safe and never blocking. Its callers tell it the time, by the
 * clock that {@link LocalEntry#expiresAtNanos()} is of.
 */
public interface LocalStore {

    /** The entry of an id, unless it is expired or was evicted. */
    @Nullable LocalEntry get(Object id, long now);

    void put(Object id, LocalEntry entry, long now);

    /** Removes the entry if it is still this one. */
    void remove(Object id, LocalEntry entry);

    void clear();

    /** The number of entries, expired ones possibly included. */
    long size();

    /** Creates the near cache of each cache. */
    interface Factory {

        LocalStore create(CachePolicy.Local policy);
    }
}
