package io.r3mes.cache.engine;

import io.r3mes.cache.LoadTimeouts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a caller waits for its value, in nanoseconds from the call.
 *
 * @param soft until a stale value will do; 0 for no such moment
 * @param hard until it gives up; 0 for never
 */
record TimeLimits(long soft, long hard) {

    /** Null where a caller waits for as long as its loader takes. */
    static @Nullable TimeLimits of(LoadTimeouts timeouts) {
        return timeouts.areOff()
                ? null
                : new TimeLimits(timeouts.soft().toNanos(), timeouts.hard().toNanos());
    }

    /** Whether a caller that came then has given up by now. */
    boolean areOver(long startedAt, long now) {
        return hard > 0 && now - startedAt >= hard;
    }

    /** What is left of one of the two. */
    static Duration left(long limit, long since, long now) {
        return Duration.ofNanos(Math.max(0, limit - (now - since)));
    }
}
