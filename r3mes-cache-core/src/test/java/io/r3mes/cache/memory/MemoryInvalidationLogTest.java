package io.r3mes.cache.memory;

import io.r3mes.cache.testing.InvalidationLogContract;
import io.r3mes.cache.testing.Ports;

/** The contract, in memory. */
class MemoryInvalidationLogTest extends InvalidationLogContract {

    @Override
    protected Ports open() {
        return MemoryPorts.open();
    }
}
