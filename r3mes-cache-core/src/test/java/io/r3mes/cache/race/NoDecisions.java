package io.r3mes.cache.race;

import io.r3mes.cache.LoadContext;
import java.time.Duration;

/** The context of a loader that runs in another JVM than its node, where it can decide nothing. */
final class NoDecisions implements LoadContext {

    @Override
    public void ttl(Duration ttl) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void tags(String... tags) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void doNotStore() {
        throw new UnsupportedOperationException();
    }
}
