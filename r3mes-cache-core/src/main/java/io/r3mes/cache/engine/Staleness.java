package io.r3mes.cache.engine;

import io.r3mes.cache.StalePolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How old the entries of one cache may be, by the log server's clock. Says nothing of what covers them. Thread-safe. */
final class Staleness {

    private final Node node;
    private final StalePolicy policy;
    private final long longestMicros;

    Staleness(Node node, StalePolicy policy) {
        this.node = node;
        this.policy = policy;
        this.longestMicros = micros(policy.longest());
    }

    /** How long ago an entry expired at least, in microseconds; negative if it may have yet to. */
    long overdue(Envelope entry) {
        return node.serverClock().earliest(node.now()) - entry.expiresAtMicros();
    }

    /** Whether an entry is too old for anything, or of unknown age where that matters. */
    boolean isUseless(Envelope entry) {
        long overdue = overdue(entry);
        return overdue >= 0
                ? overdue >= longestMicros
                : longestMicros > 0 && !node.serverClock().isKnown();
    }

    /** Whether callers get it without waiting for the load that replaces it. */
    boolean isServedAtOnce(Found.Stale stale) {
        return stale.overdue() < micros(policy.whileRevalidate());
    }

    /** What to serve if a load fails, or null. */
    Found.@Nullable Stale fallback(Found found) {
        if (found instanceof Found.Hit hit && longestMicros > 0) {
            return new Found.Stale(hit.value(), hit.envelope(), overdue(hit.envelope()));
        }
        return found instanceof Found.Stale stale ? stale : null;
    }

    /** How long after a failed load nobody tries again; zero if the fallback can be served no longer. */
    Duration untilRetry(Found.Stale fallback) {
        long left = longestMicros - overdue(fallback.envelope());
        return left <= 0
                ? Duration.ZERO
                : Duration.ofNanos(Math.min(left * 1_000, policy.retryAfter().toNanos()));
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }
}
