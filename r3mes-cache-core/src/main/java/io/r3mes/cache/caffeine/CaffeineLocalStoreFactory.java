package io.r3mes.cache.caffeine;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.LocalStore;

/** Creates near caches over Caffeine. */
public final class CaffeineLocalStoreFactory implements LocalStore.Factory {

    @Override
    public LocalStore create(CachePolicy.Local policy) {
        return new CaffeineLocalStore(policy);
    }
}
