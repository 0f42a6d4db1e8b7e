package io.r3mes.cache.memory;

import io.r3mes.cache.testing.Ports;
import io.r3mes.cache.testing.RemoteStoreContract;

/** The contract, in memory. */
class MemoryRemoteStoreTest extends RemoteStoreContract {

    @Override
    protected Ports open() {
        return MemoryPorts.open();
    }
}
