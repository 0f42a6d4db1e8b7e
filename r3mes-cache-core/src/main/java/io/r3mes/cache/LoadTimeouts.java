package io.r3mes.cache;

import java.time.Duration;

/**
 * How long a caller of one cache waits for a slow loader. The loader goes on after that: what it returns within
 * {@code load.max-load} is stored for later callers, as ever unless an invalidation has overtaken it.
 *
 * <p>With either of them a blocking caller's loader runs on the manager's executor, without what belongs to the caller's
 * thread, such as a transaction; see {@link Loader#needsCallersThread()}. A loader inside a loader is not timed, nor is one
 * of many keys.
 *
 * @param soft how long a caller waits before it takes a value past its TTL that {@link StalePolicy} allows; 0 is off
 * @param hard how long a caller waits in all before it gets such a value or a {@link LoadTimeoutException}; 0 is off
 */
public record LoadTimeouts(Duration soft, Duration hard) {

    /** A caller waits for as long as its loader takes. */
    public static final LoadTimeouts OFF = new LoadTimeouts(Duration.ZERO, Duration.ZERO);

    public boolean areOff() {
        return soft.isZero() && hard.isZero();
    }

    void check(String cache, Duration maxLoad) {
        String most = "a duration up to load.max-load, " + maxLoad + ", or 0 for none";
        PolicyCheck.require(isUpTo(maxLoad, soft), cache, "load.soft-timeout", soft, most);
        PolicyCheck.require(isUpTo(maxLoad, hard), cache, "load.timeout", hard, most);
        PolicyCheck.require(
                hard.isZero() || soft.compareTo(hard) < 0,
                cache,
                "load.soft-timeout",
                soft,
                "less than load.timeout, " + hard + ", or 0 for none");
    }

    private static boolean isUpTo(Duration longest, Duration actual) {
        return !actual.isNegative() && actual.compareTo(longest) <= 0;
    }
}
