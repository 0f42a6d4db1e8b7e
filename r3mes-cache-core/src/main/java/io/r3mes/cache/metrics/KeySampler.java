package io.r3mes.cache.metrics;

import java.util.function.LongSupplier;

/**
 * Passes the keys of one cache on to {@link HotKeys}: each one up to {@value #EXACT_PER_SECOND} a second, above that one in
 * a stride of up to {@value #LONGEST_STRIDE} chosen at random, weighted by the stride.
 *
 * <p>The stride follows the rate: upwards at once, downwards on a tick. Lost updates between threads delay that a little
 * and do no other harm.
 */
final class KeySampler {

    static final int EXACT_PER_SECOND = 2_000;
    static final int LONGEST_STRIDE = 1_024;

    private static final long SECOND = 1_000_000_000L;

    private final String cache;
    private final HotKeys keys;
    private final LongSupplier clock;
    private volatile int stride = 1;
    private volatile long since;
    private int weighed;

    KeySampler(String cache, HotKeys keys, LongSupplier clock) {
        this.cache = cache;
        this.keys = keys;
        this.clock = clock;
        this.since = clock.getAsLong();
    }

    /** Offers a key; {@code chance} is random in all its bits. */
    void offer(String key, int chance) {
        int weight = stride;
        if ((chance & (weight - 1)) != 0) {
            return;
        }
        keys.add(cache, key, weight);
        weighed += weight;
        if (weighed > EXACT_PER_SECOND * weight) {
            adapt(clock.getAsLong());
        }
    }

    void tick(long now) {
        if (now - since >= SECOND) {
            adapt(now);
        }
    }

    int stride() {
        return stride;
    }

    /** Fits the stride to the rate of the current period, and begins a new one once it is a second old. */
    private void adapt(long now) {
        long elapsed = Math.max(SECOND, now - since);
        double rate = weighed * (double) SECOND / elapsed;
        int fitting = 1;
        while (fitting < LONGEST_STRIDE && rate > EXACT_PER_SECOND * (double) fitting) {
            fitting *= 2;
        }
        if (stride != fitting) {
            stride = fitting;
        }
        if (now - since >= SECOND) {
            since = now;
            weighed = 0;
        }
    }
}
