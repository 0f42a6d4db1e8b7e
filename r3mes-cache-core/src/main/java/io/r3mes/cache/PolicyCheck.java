package io.r3mes.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the settings of a cache must hold, and what is said when they do not. */
final class PolicyCheck {

    private static final Duration SHORTEST_TTL = Duration.ofMillis(1);
    /** As a count of nanoseconds it fits into a long, with room to add a clock. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private PolicyCheck() {}

    static void name(String cache) {
        if (cache.isBlank()) {
            throw new CacheConfigurationException("A cache needs a name.");
        }
        if (cache.chars().anyMatch(Character::isISOControl)) {
            throw new CacheConfigurationException(
                    "Cache '" + cache + "': the name holds a control character. Remove it.");
        }
    }

    static void tag(String cache, KeyTemplate key, KeyTemplate tag) {
        for (KeyTemplate.Placeholder placeholder : tag.placeholders()) {
            if (key.indexOf(placeholder) < 0) {
                throw new CacheConfigurationException("Cache '" + cache + "': the tag '" + tag.text()
                        + "' has the placeholder " + placeholder + ", which the key '" + key.text()
                        + "' does not have. Use one of the key's placeholders, or add it to the key.");
            }
        }
    }

    static void domain(String cache, String domain) {
        require(
                domain.chars().allMatch(PolicyCheck::isOfDomain),
                cache,
                "domain",
                "'" + domain + "'",
                "a name of letters, digits, '.', '_' and '-'");
    }

    private static boolean isOfDomain(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || ".-_".indexOf(c) >= 0;
    }

    static boolean isTtl(Duration ttl) {
        return within(SHORTEST_TTL, ttl);
    }

    /** Whether a duration is at least {@code least} and not absurdly long. */
    static boolean within(Duration least, Duration actual) {
        return actual.compareTo(least) >= 0 && actual.compareTo(LONGEST) <= 0;
    }

    static void require(boolean ok, String cache, String setting, @Nullable Object actual, String wanted) {
        if (!ok) {
            throw new CacheConfigurationException(
                    "Cache '" + cache + "': " + setting + " is " + actual + "; set it to " + wanted + ".");
        }
    }
}
