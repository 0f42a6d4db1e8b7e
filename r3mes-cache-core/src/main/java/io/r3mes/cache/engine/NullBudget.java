package io.r3mes.cache.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the nulls of one cache that one node has in the remote store: it admits so many in the time that they live.
 * Guarded by its monitor.
 */
final class NullBudget {

    private final int most;
    private final long lifeNanos;
    /** When the last ones were admitted, as a ring; made for the first one. */
    private long @Nullable [] admittedAt;

    private int next;
    private int admitted;

    NullBudget(int most, Duration life) {
        this.most = most;
        this.lifeNanos = life.toNanos();
    }

    synchronized boolean admits(long now) {
        long[] times = admittedAt;
        if (times == null) {
            times = new long[most];
            admittedAt = times;
        }
        if (admitted == most && now - times[next] < lifeNanos) {
            return false;
        }
        times[next] = now;
        next = (next + 1) % most;
        admitted = Math.min(most, admitted + 1);
        return true;
    }
}
