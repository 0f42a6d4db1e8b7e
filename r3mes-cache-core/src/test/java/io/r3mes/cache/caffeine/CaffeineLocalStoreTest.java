package io.r3mes.cache.caffeine;

import io.r3mes.cache.spi.LocalStore;
import io.r3mes.cache.spi.LocalStoreContract;

class CaffeineLocalStoreTest extends LocalStoreContract {

    @Override
    protected LocalStore.Factory factory() {
        return new CaffeineLocalStoreFactory();
    }
}
