package io.r3mes.cache.redis;

import java.time.Duration;
import java.util.function.LongSupplier;

/** The pauses between attempts to connect: twice as long each time up to a bound, less up to a half by chance. Not thread-safe. */
final class Backoff {

    private final LongSupplier random;
    private Duration longest = RedisOptions.FIRST_DELAY;

    Backoff(LongSupplier random) {
        this.random = random;
    }

    void reset() {
        longest = RedisOptions.FIRST_DELAY;
    }

    /** The milliseconds of the next pause. */
    long next() {
        long half = longest.toMillis() / 2;
        Duration doubled = longest.multipliedBy(2);
        longest = doubled.compareTo(RedisOptions.LONGEST_DELAY) < 0 ? doubled : RedisOptions.LONGEST_DELAY;
        return half + Math.floorMod(random.getAsLong(), half + 1);
    }
}
