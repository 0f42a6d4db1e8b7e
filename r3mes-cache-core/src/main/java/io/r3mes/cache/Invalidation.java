package io.r3mes.cache;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** The receipt of an invalidation. Thread-safe. */
public interface Invalidation {

    /** Its place in the invalidation log, or empty while Redis has not acknowledged it. */
    OptionalLong position();

    /** Whether Redis has yet to acknowledge it. This node honours it already. */
    default boolean isPending() {
        return position().isEmpty();
    }

    /**
     * The number of entries it removed from Redis. Complete at once for keys; for a tag, a pattern, a cache or everything
     * it completes when their memory is reclaimed. Entries are invalid from the start, whatever this count says.
     */
    CompletableFuture<Long> removed();

    /**
     * Waits until every live node has applied it, or has stopped trusting its near cache and shares nothing older that it
     * loaded without Redis.
     *
     * @return false if {@code timeout} passed first or the invalidation is still pending
     */
    boolean awaitEverywhere(Duration timeout);
}
