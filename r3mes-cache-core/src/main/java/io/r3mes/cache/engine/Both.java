package io.r3mes.cache.engine;

import io.r3mes.cache.Invalidation;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** One receipt for two invalidations that were sent one after the other. */
record Both(Invalidation earlier, Invalidation later) implements Invalidation {

    static Invalidation of(Invalidation earlier, Invalidation later) {
        return new Both(earlier, later);
    }

    @Override
    public OptionalLong position() {
        return earlier.isPending() ? OptionalLong.empty() : later.position();
    }

    @Override
    public CompletableFuture<Long> removed() {
        return earlier.removed().thenCombine(later.removed(), Long::sum);
    }

    @Override
    public boolean awaitEverywhere(Duration timeout) {
        return !earlier.isPending() && later.awaitEverywhere(timeout);
    }
}
