package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Head;
import org.jspecify.annotations.Nullable;

/**
 * The log server's clock as seen from this node, for expiry only. A server time read between sending and receiving bounds
 * the present from both sides; each side errs by at most that round trip.
 */
final class ServerClock {

    private volatile @Nullable Reading reading;

    void read(Head head, long sentAt, long receivedAt) {
        reading = new Reading(head.serverMicros(), sentAt, receivedAt);
    }

    boolean isKnown() {
        return reading != null;
    }

    /** A server time that is not yet later than the present one, in microseconds; 0 while unknown. */
    long earliest(long now) {
        Reading last = reading;
        return last == null ? 0 : last.serverMicros() + (now - last.receivedAt()) / 1_000;
    }

    /** A server time that is no earlier than the present one, in microseconds; 0 while unknown. */
    long latest(long now) {
        Reading last = reading;
        return last == null ? 0 : last.serverMicros() + (now - last.sentAt()) / 1_000;
    }

    private record Reading(long serverMicros, long sentAt, long receivedAt) {}
}
