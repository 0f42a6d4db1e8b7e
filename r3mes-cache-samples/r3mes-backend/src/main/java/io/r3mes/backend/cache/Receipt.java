package io.r3mes.backend.cache;

import io.r3mes.cache.Invalidation;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What became of an invalidation.
 *
 * @param position its place in the invalidation log, or null while Redis has not acknowledged it
 * @param pending whether Redis has yet to acknowledge it
 * @param removed the entries it removed from Redis, or null if they are not counted yet
 */
record Receipt(
        @Nullable Long position, boolean pending, @Nullable Long removed) {

    private static final long COUNT_SECONDS = 2;

    static Receipt of(Invalidation invalidation) {
        Long position =
                invalidation.position().isPresent() ? invalidation.position().getAsLong() : null;
        Long removed = invalidation.isPending()
                ? null
                : invalidation
                        .removed()
                        .copy()
                        .completeOnTimeout(null, COUNT_SECONDS, TimeUnit.SECONDS)
                        .exceptionally(failure -> null)
                        .join();
        return new Receipt(position, position == null, removed);
    }
}
