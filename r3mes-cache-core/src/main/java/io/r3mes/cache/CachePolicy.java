package io.r3mes.cache;

import static io.r3mes.cache.PolicyCheck.isTtl;
import static io.r3mes.cache.PolicyCheck.require;
import static io.r3mes.cache.PolicyCheck.within;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one cache behaves. Immutable; create with {@link #of} and adapt with the {@code with} methods.
 *
 * @param name unique among the caches of a manager
 * @param key the readable Redis key, such as {@code user:info:{wallet}}
 * @param tags tag templates over the placeholders of the key, such as {@code user:{wallet}}
 * @param expiry how long an entry lives
 * @param local the near cache
 * @param load who loads, and how long the others wait
 * @param value what may be stored, and how
 * @param stale when a value past its TTL is served
 * @param domain the coherence domain whose log carries the cache's invalidations; empty for the common one
 */
public record CachePolicy(
        String name,
        KeyTemplate key,
        List<KeyTemplate> tags,
        Expiry expiry,
        Local local,
        Load load,
        Value value,
        StalePolicy stale,
        String domain) {

    /** The domain of caches that name none. */
    public static final String COMMON_DOMAIN = "";

    public CachePolicy {
        PolicyCheck.name(name);
        tags = List.copyOf(tags);
        tags.forEach(tag -> PolicyCheck.tag(name, key, tag));
        expiry.check(name);
        local.check(name);
        load.check(name);
        value.check(name);
        stale.check(name);
        PolicyCheck.domain(name, domain);
    }

    /** A policy with the default expiry, near cache, loading and value settings and no tags. */
    public static CachePolicy of(String name, String key) {
        return new CachePolicy(
                name,
                KeyTemplate.parse(key),
                List.of(),
                Expiry.DEFAULT,
                Local.DEFAULT,
                Load.DEFAULT,
                Value.DEFAULT,
                StalePolicy.DEFAULT,
                COMMON_DOMAIN);
    }

    public CachePolicy withTags(String... templates) {
        List<KeyTemplate> parsed =
                List.of(templates).stream().map(KeyTemplate::parse).toList();
        return new CachePolicy(name, key, parsed, expiry, local, load, value, stale, domain);
    }

    public CachePolicy withTtl(Duration ttl) {
        return withExpiry(new Expiry(ttl, expiry.jitter(), expiry.refreshAhead(), expiry.refreshBeta()));
    }

    public CachePolicy withExpiry(Expiry changed) {
        return new CachePolicy(name, key, tags, changed, local, load, value, stale, domain);
    }

    public CachePolicy withLocal(Local changed) {
        return new CachePolicy(name, key, tags, expiry, changed, load, value, stale, domain);
    }

    public CachePolicy withLoad(Load changed) {
        return new CachePolicy(name, key, tags, expiry, local, changed, value, stale, domain);
    }

    public CachePolicy withValue(Value changed) {
        return new CachePolicy(name, key, tags, expiry, local, load, changed, stale, domain);
    }

    public CachePolicy withStale(StalePolicy changed) {
        return new CachePolicy(name, key, tags, expiry, local, load, value, changed, domain);
    }

    public CachePolicy withDomain(String changed) {
        return new CachePolicy(name, key, tags, expiry, local, load, value, stale, changed);
    }

    /**
     * How long an entry lives.
     *
     * @param ttl time to live in Redis
     * @param jitter share of the TTL, from 0 to 0.5, by which it is shortened at random so that entries stored together
     *     do not expire together
     * @param refreshAhead share of the TTL, from 0 to 0.9, at whose remainder a hit starts a load in the background; 0 is
     *     off
     * @param refreshBeta how early, in times that the value took to load, from 0 to 100, a hit starts such a load on
     *     average; each copy has a moment of its own, drawn at random. 0 is off
     */
    public record Expiry(Duration ttl, double jitter, double refreshAhead, double refreshBeta) {

        public static final Expiry DEFAULT = new Expiry(Duration.ofMinutes(5), 0.1, 0);

        /** Starts no load for the time that it takes. */
        public Expiry(Duration ttl, double jitter, double refreshAhead) {
            this(ttl, jitter, refreshAhead, 0);
        }

        void check(String cache) {
            require(isTtl(ttl), cache, "ttl", ttl, "a duration between 1ms and 36500d");
            require(jitter >= 0 && jitter <= 0.5, cache, "jitter", jitter, "a share between 0 and 0.5 (0% and 50%)");
            require(
                    refreshAhead >= 0 && refreshAhead <= 0.9,
                    cache,
                    "refresh-ahead",
                    refreshAhead,
                    "a share between 0 and 0.9 (0% and 90%)");
            require(
                    refreshBeta >= 0 && refreshBeta <= 100,
                    cache,
                    "refresh-beta",
                    refreshBeta,
                    "a number between 0 and 100");
        }
    }

    /**
     * The near cache of one node.
     *
     * @param enabled false reads every hit from Redis
     * @param maxEntries entries it holds at most
     * @param ttl how long it keeps an entry, at most; never longer than the entry lives in Redis
     * @param degradedTtl how long it shares what was loaded while Redis was away, from the call of the loader; null for
     *     as long as a node trusts its near cache, zero not at all
     */
    public record Local(
            boolean enabled,
            int maxEntries,
            Duration ttl,
            @Nullable Duration degradedTtl) {

        /** Longer would answer with what other nodes have invalidated long ago. */
        private static final Duration LONGEST_DEGRADED = Duration.ofSeconds(10);

        public static final Local DEFAULT = new Local(true, 10_000, Duration.ofSeconds(30));
        public static final Local OFF = new Local(false, 1, Duration.ofSeconds(1));

        /** Shares what was loaded while Redis was away for as long as a node trusts its near cache. */
        public Local(boolean enabled, int maxEntries, Duration ttl) {
            this(enabled, maxEntries, ttl, null);
        }

        void check(String cache) {
            require(maxEntries > 0, cache, "local.max-entries", maxEntries, "a number of at least 1");
            require(isTtl(ttl), cache, "local.ttl", ttl, "a duration between 1ms and 36500d");
            require(
                    degradedTtl == null
                            || (within(Duration.ZERO, degradedTtl) && degradedTtl.compareTo(LONGEST_DEGRADED) <= 0),
                    cache,
                    "local.degraded-ttl",
                    degradedTtl,
                    "a duration between 0 and 10s");
        }
    }

    /**
     * Who loads a missing value.
     *
     * @param lease how long a loader that stopped renewing still keeps others from loading
     * @param maxLoad how long a loader may renew its lease; what it returns later is not stored
     * @param maxWait how long a caller waits for another caller's load, or for the turn of its loader, before it loads for
     *     itself and stores nothing
     * @param snapshotLag how far the source that the loader reads, such as a database replica, may be behind the writes
     *     that are followed by invalidations; what it loads counts as that much older
     * @param maxConcurrent how many loaders of the cache run at once on a node; 0 is any number
     * @param rejectWhenFull whether a caller that waited that long for its loader's turn gets a
     *     {@link LoadRejectedException}; otherwise it loads all the same
     * @param timeouts how long a caller waits for a slow loader
     */
    public record Load(
            Duration lease,
            Duration maxLoad,
            Duration maxWait,
            Duration snapshotLag,
            int maxConcurrent,
            boolean rejectWhenFull,
            LoadTimeouts timeouts) {

        /** Half of what the log of invalidations keeps. */
        private static final Duration LONGEST_LAG = Duration.ofMinutes(5);

        public static final Load DEFAULT =
                new Load(Duration.ofSeconds(3), Duration.ofSeconds(60), Duration.ofSeconds(10));

        /** As many loaders as by default, and no caller is rejected. */
        public Load(Duration lease, Duration maxLoad, Duration maxWait, Duration snapshotLag) {
            this(lease, maxLoad, maxWait, snapshotLag, 64, false, LoadTimeouts.OFF);
        }

        public Load withLimit(int loaders, boolean rejects) {
            return new Load(lease, maxLoad, maxWait, snapshotLag, loaders, rejects, timeouts);
        }

        public Load withTimeouts(LoadTimeouts changed) {
            return new Load(lease, maxLoad, maxWait, snapshotLag, maxConcurrent, rejectWhenFull, changed);
        }

        /** Loads from a source that does not lag. */
        public Load(Duration lease, Duration maxLoad, Duration maxWait) {
            this(lease, maxLoad, maxWait, Duration.ZERO);
        }

        void check(String cache) {
            require(
                    within(Duration.ofMillis(50), lease),
                    cache,
                    "load.lease",
                    lease,
                    "a duration between 50ms and 36500d");
            require(
                    within(lease, maxLoad),
                    cache,
                    "load.max-load",
                    maxLoad,
                    "a duration between the lease, " + lease + ", and 36500d");
            require(within(Duration.ZERO, maxWait), cache, "load.max-wait", maxWait, "a duration between 0 and 36500d");
            require(
                    within(Duration.ZERO, snapshotLag) && snapshotLag.compareTo(LONGEST_LAG) <= 0,
                    cache,
                    "load.snapshot-lag",
                    snapshotLag,
                    "a duration between 0 and 5m");
            require(
                    maxConcurrent >= 0,
                    cache,
                    "load.max-concurrent",
                    maxConcurrent,
                    "a number of at least 1, or 0 for any number");
            timeouts.check(cache, maxLoad);
        }
    }

    /**
     * What is stored of a value.
     *
     * @param cacheNulls whether a null from the loader is cached like a value
     * @param encrypt whether the value is encrypted in Redis
     * @param maxBytes encoded size above which a value is not stored
     * @param nullTtl how long a null lives, at most; never longer than a value
     * @param maxNullEntries nulls that one node keeps near, and has in Redis, at most
     * @param strictSchema whether an entry with a field that the value's class lacks is a miss; otherwise such fields are
     *     passed over
     */
    public record Value(
            boolean cacheNulls,
            boolean encrypt,
            int maxBytes,
            Duration nullTtl,
            int maxNullEntries,
            boolean strictSchema) {

        public static final Value DEFAULT = new Value(true, false, 1 << 20);

        private static final int MOST_NULLS = 1_000_000;

        /** With nulls that live for 30 s, 1,000 of a node. */
        public Value(boolean cacheNulls, boolean encrypt, int maxBytes) {
            this(cacheNulls, encrypt, maxBytes, Duration.ofSeconds(30), 1_000);
        }

        /** Passes over fields that the value's class lacks. */
        public Value(boolean cacheNulls, boolean encrypt, int maxBytes, Duration nullTtl, int maxNullEntries) {
            this(cacheNulls, encrypt, maxBytes, nullTtl, maxNullEntries, false);
        }

        void check(String cache) {
            require(isTtl(nullTtl), cache, "null-ttl", nullTtl, "a duration between 1ms and 36500d");
            require(
                    maxNullEntries >= 1 && maxNullEntries <= MOST_NULLS,
                    cache,
                    "max-null-entries",
                    maxNullEntries,
                    "a number between 1 and 1000000");
            require(maxBytes > 0, cache, "max-value-bytes", maxBytes, "a number of at least 1");
        }
    }
}
