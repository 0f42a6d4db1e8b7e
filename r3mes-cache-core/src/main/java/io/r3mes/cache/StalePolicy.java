package io.r3mes.cache;

import java.time.Duration;

/**
 * When a value past its TTL is better than none. An entry stays in Redis for the longer of the two periods after its TTL;
 * a value that an invalidation covers is never served.
 *
 * @param whileRevalidate how long after the TTL a value is served at once while one node loads in the background; 0 is off
 * @param onError how long after the TTL a value is served if loading fails, or while another caller loads; 0 is off
 * @param retryAfter how long after a failed load no node tries again while there is such a value to serve
 */
public record StalePolicy(Duration whileRevalidate, Duration onError, Duration retryAfter) {

    public static final StalePolicy DEFAULT = new StalePolicy(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(5));

    private static final Duration SHORTEST_RETRY = Duration.ofMillis(10);

    /** How long an entry stays after its TTL. */
    public Duration longest() {
        return whileRevalidate.compareTo(onError) > 0 ? whileRevalidate : onError;
    }

    void check(String cache) {
        checkPeriod(cache, "stale.while-revalidate", whileRevalidate);
        checkPeriod(cache, "stale.on-error", onError);
        PolicyCheck.require(
                PolicyCheck.within(SHORTEST_RETRY, retryAfter),
                cache,
                "stale.retry-after",
                retryAfter,
                "a duration between 10ms and 36500d");
    }

    private static void checkPeriod(String cache, String setting, Duration period) {
        PolicyCheck.require(
                PolicyCheck.within(Duration.ZERO, period), cache, setting, period, "a duration between 0 and 36500d");
    }
}
