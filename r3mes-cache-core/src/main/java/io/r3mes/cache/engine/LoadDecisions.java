package io.r3mes.cache.engine;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.LoadContext;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one load decided about its value. Visible to the engine once the loader has returned. */
final class LoadDecisions implements LoadContext {

    private final Set<String> tags = new LinkedHashSet<>();
    private @Nullable Duration ttl;
    private boolean stores = true;

    static LoadDecisions of(EntryOptions options) {
        LoadDecisions decisions = new LoadDecisions();
        decisions.ttl = options.ttl();
        options.tags().forEach(decisions::tags);
        return decisions;
    }

    @Override
    public void ttl(Duration chosen) {
        ttl = EntryOptions.ttl(chosen).ttl();
    }

    @Override
    public void tags(String... added) {
        for (String tag : added) {
            tags.add(Tags.checked(tag));
        }
    }

    @Override
    public void doNotStore() {
        stores = false;
    }

    Set<String> tags() {
        return tags;
    }

    boolean stores(@Nullable Object value, CachePolicy.Value policy) {
        return stores && (value != null || policy.cacheNulls());
    }

    /** The TTL of the entry, shortened at random by up to the policy's jitter. */
    Duration ttl(CachePolicy policy, @Nullable Object value, double random) {
        long millis = allowed(policy, value, ttl == null ? policy.expiry().ttl() : ttl)
                .toMillis();
        return Duration.ofMillis(
                Math.max(1, millis - (long) (millis * policy.expiry().jitter() * random)));
    }

    /** The TTL that the policy alone gives a value. */
    static Duration usualTtl(CachePolicy policy, @Nullable Object value) {
        return allowed(policy, value, policy.expiry().ttl());
    }

    private static Duration allowed(CachePolicy policy, @Nullable Object value, Duration chosen) {
        Duration longest = policy.value().nullTtl();
        return value == null && longest.compareTo(chosen) < 0 ? longest : chosen;
    }
}
