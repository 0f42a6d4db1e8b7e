package io.r3mes.cache.spi;

import io.r3mes.cache.CachePolicy;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The bounded near cache of one cache on one node. Thread-safe and never blocking. */
public interface LocalStore {

    /** The entry of an id, unless it is expired or was evicted. */
    @Nullable LocalEntry get(Object id);

    void put(Object id, LocalEntry entry);

    /** Removes the entry if it is still this one. */
    void remove(Object id, LocalEntry entry);

    void clear();

    /** The number of entries, expired ones possibly included. */
    long size();

    /** Creates the near cache of each cache. */
    interface Factory {

        /**
         * @param nanoTime the clock of {@link LocalEntry#expiresAtNanos()}
         */
        LocalStore create(CachePolicy.Local policy, LongSupplier nanoTime);
    }
}
