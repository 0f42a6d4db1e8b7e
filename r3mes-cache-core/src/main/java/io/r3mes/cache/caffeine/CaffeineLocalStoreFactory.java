package io.r3mes.cache.caffeine;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.LocalStore;
import java.util.concurrent.Executor;

/** Creates near caches over Caffeine. */
public final class CaffeineLocalStoreFactory implements LocalStore.Factory {

    private final Executor maintenance;

    /**
     * @param maintenance runs what reads leave to do, such as noting which entries are read often; other threads than the
     *     readers', or two readers are slower than one
     */
    public CaffeineLocalStoreFactory(Executor maintenance) {
        this.maintenance = maintenance;
    }

    @Override
    public LocalStore create(CachePolicy.Local policy) {
        return new CaffeineLocalStore(policy, maintenance);
    }
}
