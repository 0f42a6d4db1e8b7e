package io.r3mes.cache.sim;

import io.r3mes.cache.Invalidation;

/** One invalidation of the history. Times are of the simulation; {@link #NEVER} where it has not come to that. */
final class Invalidated {

    static final long NEVER = Long.MAX_VALUE;

    final int number;
    final String what;
    final Scope scope;
    final SimLoop.Life issuer;
    final long calledAt;
    /** For each key the oldest version that is not older than this invalidation. */
    final long[] floors;

    long returnedAt = NEVER;
    long acknowledgedAt = NEVER;
    long everywhereAt = NEVER;
    long position = NEVER;
    Invalidation receipt;

    Invalidated(int number, String what, Scope scope, SimLoop.Life issuer, long calledAt, long[] floors) {
        this.number = number;
        this.what = what;
        this.scope = scope;
        this.issuer = issuer;
        this.calledAt = calledAt;
        this.floors = floors;
    }

    /** Looks at the receipt again: one that was pending may have been acknowledged. */
    void look(long now) {
        if (acknowledgedAt == NEVER && receipt != null && !receipt.isPending()) {
            acknowledgedAt = now;
            position = receipt.position().orElseThrow();
        }
    }

    boolean isOpen() {
        return acknowledgedAt == NEVER && returnedAt != NEVER;
    }

    @Override
    public String toString() {
        return "#" + number + " " + what + " by " + issuer + ", called at " + at(calledAt) + ", returned at "
                + at(returnedAt) + ", acknowledged at " + at(acknowledgedAt) + ", everywhere at " + at(everywhereAt)
                + ", position " + (position == NEVER ? "none" : position % 1_000_000_000_000L);
    }

    static String at(long time) {
        return time == NEVER ? "-" : "%.3f ms".formatted(time / 1e6);
    }
}
