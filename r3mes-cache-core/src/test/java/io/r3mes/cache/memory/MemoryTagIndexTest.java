package io.r3mes.cache.memory;

import io.r3mes.cache.testing.Ports;
import io.r3mes.cache.testing.TagIndexContract;

/** The contract, in memory. */
class MemoryTagIndexTest extends TagIndexContract {

    @Override
    protected Ports open(int mostTagMembers) {
        return MemoryPorts.open(mostTagMembers);
    }
}
