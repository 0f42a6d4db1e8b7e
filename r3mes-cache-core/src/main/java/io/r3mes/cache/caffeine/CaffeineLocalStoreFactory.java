package io.r3mes.cache.caffeine;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.LocalStore;
import java.util.function.LongSupplier;

/** Creates near caches over Caffeine. */
public final class CaffeineLocalStoreFactory implements LocalStore.Factory {

    @Override
    public LocalStore create(CachePolicy.Local policy, LongSupplier nanoTime) {
        return new CaffeineLocalStore(policy, nanoTime);
    }
}
