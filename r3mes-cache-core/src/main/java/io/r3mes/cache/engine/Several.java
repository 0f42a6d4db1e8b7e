package io.r3mes.cache.engine;

import io.r3mes.cache.Invalidation;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * One receipt for invalidations that were sent one after the other, or to several domains. It stands at the highest of
 * their positions.
 *
 * @param clock monotonic, in nanoseconds
 */
record Several(List<Invalidation> parts, LongSupplier clock) implements Invalidation {

    @Override
    public OptionalLong position() {
        return parts.stream().anyMatch(Invalidation::isPending)
                ? OptionalLong.empty()
                : parts.stream()
                        .mapToLong(part -> part.position().orElse(Long.MIN_VALUE))
                        .max();
    }

    @Override
    public CompletableFuture<Long> removed() {
        CompletableFuture<Long> sum = CompletableFuture.completedFuture(0L);
        for (Invalidation part : parts) {
            sum = sum.thenCombine(part.removed(), Long::sum);
        }
        return sum;
    }

    @Override
    public boolean awaitEverywhere(Duration timeout) {
        long deadline = clock.getAsLong() + timeout.toNanos();
        for (Invalidation part : parts) {
            if (!part.awaitEverywhere(Duration.ofNanos(Math.max(0, deadline - clock.getAsLong())))) {
                return false;
            }
        }
        return true;
    }
}
