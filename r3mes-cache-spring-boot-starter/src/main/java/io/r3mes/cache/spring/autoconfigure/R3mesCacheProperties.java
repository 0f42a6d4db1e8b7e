package io.r3mes.cache.spring.autoconfigure;

import io.r3mes.cache.OnFailover;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What {@code r3mes.cache.*} configures. A setting of one cache is, in rising precedence: built in, of {@code defaults}, of
 * the annotation, of {@code caches.<name>}.
 *
 * @param enabled Whether to cache at all. If false, the annotations do nothing and there are no beans of the cache.
 * @param mode Where entries and invalidations are kept.
 * @param namespace Prefix of every key in Redis. Applications that share it share their caches.
 * @param commandTimeout How long an operation may take in Redis before the cache does without it.
 * @param required Whether the application needs Redis to start. If false, it starts without and caches once Redis is there.
 * @param startupTimeout How long the start waits for Redis if it is required.
 * @param coherence How nodes agree on what is valid.
 * @param invalidation When an invalidation counts as acknowledged.
 * @param tags What is kept about tags.
 * @param encryption Keys of the caches that encrypt their values.
 * @param defaults Settings of every cache that does not have its own.
 * @param caches Caches by name. A cache has the settings of 'defaults' where it does not have its own.
 */
@ConfigurationProperties("r3mes.cache")
public record R3mesCacheProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("redis") Mode mode,
        @DefaultValue("r3mes") String namespace,
        @DefaultValue("100ms") Duration commandTimeout,
        @DefaultValue("false") boolean required,
        @DefaultValue("5s") Duration startupTimeout,
        @DefaultValue Coherence coherence,
        @DefaultValue Invalidation invalidation,
        @DefaultValue Tags tags,
        @DefaultValue Encryption encryption,
        @DefaultValue Defaults defaults,
        @DefaultValue Map<String, CacheSpec> caches) {

    /** Where entries and invalidations are kept. */
    public enum Mode {
        /** In Redis, shared between nodes, with a near cache in each. */
        REDIS,
        /** In this JVM only, with the semantics of Redis. */
        IN_MEMORY
    }

    /**
     * How nodes agree on what is valid.
     *
     * @param maxStaleness How long a node that lost Redis trusts its near cache, and with it the longest time that an
     *     invalidation takes to reach it. At least 200 ms.
     * @param onFailover What happens when another Redis server takes over, which may have lost acknowledged
     *     invalidations: send them again, or invalidate everything.
     */
    public record Coherence(
            @DefaultValue("500ms") Duration maxStaleness,
            @DefaultValue("replay") OnFailover onFailover) {}

    /**
     * When an invalidation counts as acknowledged.
     *
     * @param minReplicas How many replicas must have an invalidation before it is acknowledged. With all replicas of a
     *     master, a failover loses none; while fewer answer, invalidations are pending. 0 waits for none.
     */
    public record Invalidation(@DefaultValue("0") int minReplicas) {}

    /**
     * What is kept about tags.
     *
     * @param maxMembers About how many keys of one tag Redis remembers. More entries may carry the tag: they are
     *     invalidated with it, but not listed, and their memory is free only when they expire.
     */
    public record Tags(@DefaultValue("1000000") int maxMembers) {}

    /**
     * Keys of the caches that encrypt their values.
     *
     * @param key 32 random bytes in Base64. Required if a cache encrypts.
     * @param previousKey The key before the last change. It opens values and seals none.
     */
    public record Encryption(@Nullable String key, @Nullable String previousKey) {

        @Override
        public String toString() {
            return "Encryption[" + (key == null ? "no key" : "key hidden") + "]";
        }
    }

    /**
     * Settings of every cache that does not have its own.
     *
     * @param ttl How long an entry lives in Redis.
     * @param jitter Share of the TTL, up to 50%, by which it is shortened at random so that entries stored together do
     *     not expire together.
     * @param refreshAhead Share of the TTL, up to 90%, at whose remainder a hit starts a load in the background. 0 is off.
     * @param refreshBeta How early, in times that the value took to load, a hit starts such a load on average. 0 is off.
     * @param local The near cache of a node.
     * @param load Who loads a missing value, and how long others wait.
     * @param stale When a value past its TTL is served.
     * @param cacheNulls Whether a null from the loader is cached like a value.
     * @param nullTtl How long a cached null lives at most. It never lives longer than a value.
     * @param maxNullEntries How many nulls of one cache a node keeps in its memory, and has in Redis, at most.
     * @param encrypt Whether values are encrypted in Redis.
     * @param maxValueBytes Encoded size above which a value is not stored.
     * @param strictSchema Whether an entry with a field that the value's class lacks is a miss. Otherwise such fields are
     *     passed over.
     */
    public record Defaults(
            @DefaultValue("5m") Duration ttl,
            @DefaultValue("10%") Ratio jitter,
            @DefaultValue("0%") Ratio refreshAhead,
            @DefaultValue("0") double refreshBeta,
            @DefaultValue Local local,
            @DefaultValue Load load,
            @DefaultValue Stale stale,
            @DefaultValue("true") boolean cacheNulls,
            @DefaultValue("30s") Duration nullTtl,
            @DefaultValue("1000") int maxNullEntries,
            @DefaultValue("false") boolean encrypt,
            @DefaultValue("1MB") DataSize maxValueBytes,
            @DefaultValue("false") boolean strictSchema) {}

    /**
     * The near cache of a node.
     *
     * @param enabled Whether a node keeps entries in its memory.
     * @param maxEntries Entries of one cache that a node keeps at most.
     * @param ttl How long a node keeps an entry at most. It never outlives the entry in Redis.
     * @param degradedTtl How long a node shares what it loaded while Redis was away. At most 10 seconds; 0 is off.
     *     coherence.max-staleness by default.
     */
    public record Local(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("10000") int maxEntries,
            @DefaultValue("30s") Duration ttl,
            @Nullable Duration degradedTtl) {}

    /**
     * Who loads a missing value, and how long others wait.
     *
     * @param lease How long a loader that stopped renewing its lease still keeps others from loading.
     * @param maxLoad How long a loader may renew its lease. What it returns later is not stored.
     * @param maxWait How long a caller waits for another caller's load before it loads for itself.
     * @param snapshotLag How far the database replica that the loader reads may be behind. At most 5 minutes.
     * @param maxConcurrent How many loaders of the cache run at once on a node. Others wait for max-wait. 0 is any number.
     * @param rejectWhenFull Whether a caller that waited that long gets a LoadRejectedException. Otherwise it loads all the
     *     same.
     * @param softTimeout How long a caller waits for a slow load before it takes a value past its TTL, which stale.on-error
     *     keeps. 0 is off.
     * @param timeout How long a caller waits for a load before it gets such a value or a LoadTimeoutException. The load goes
     *     on. 0 is off.
     */
    public record Load(
            @DefaultValue("3s") Duration lease,
            @DefaultValue("60s") Duration maxLoad,
            @DefaultValue("10s") Duration maxWait,
            @DefaultValue("0s") Duration snapshotLag,
            @DefaultValue("64") int maxConcurrent,
            @DefaultValue("false") boolean rejectWhenFull,
            @DefaultValue("0s") Duration softTimeout,
            @DefaultValue("0s") Duration timeout) {}

    /**
     * When a value past its TTL is served. One that an invalidation covers never is.
     *
     * @param whileRevalidate How long after the TTL a value is served at once while one node loads in the background. 0 is
     *     off.
     * @param onError How long after the TTL a value is served if loading fails. 0 is off.
     * @param retryAfter How long after a failed load no node tries again while there is such a value.
     */
    public record Stale(
            @DefaultValue("0s") Duration whileRevalidate,
            @DefaultValue("0s") Duration onError,
            @DefaultValue("5s") Duration retryAfter) {}

    /**
     * Settings of one cache.
     *
     * @param key Key template, such as user:info:{wallet}.
     * @param ttl How long an entry lives in Redis.
     * @param tags Tag templates over the placeholders of the key, such as user:{wallet}.
     * @param jitter Share of the TTL, up to 50%, by which it is shortened at random.
     * @param refreshAhead Share of the TTL, up to 90%, at whose remainder a hit starts a load in the background. 0 is off.
     * @param refreshBeta How early, in times that the value took to load, a hit starts such a load on average. 0 is off.
     * @param local The near cache of a node.
     * @param load Who loads a missing value, and how long others wait.
     * @param stale When a value past its TTL is served.
     * @param cacheNulls Whether a null from the loader is cached like a value.
     * @param nullTtl How long a cached null lives at most. It never lives longer than a value.
     * @param maxNullEntries How many nulls of one cache a node keeps in its memory, and has in Redis, at most.
     * @param encrypt Whether values are encrypted in Redis.
     * @param maxValueBytes Encoded size above which a value is not stored.
     * @param strictSchema Whether an entry with a field that the value's class lacks is a miss. Otherwise such fields are
     *     passed over.
     * @param warm When to call the method that loads a cache without placeholders in its key.
     * @param domain Coherence domain whose log carries the cache's invalidations. Caches without one share the common one.
     */
    public record CacheSpec(
            @Nullable String key,
            @Nullable Duration ttl,
            @Nullable List<String> tags,
            @Nullable Ratio jitter,
            @Nullable Ratio refreshAhead,
            @Nullable Double refreshBeta,
            @DefaultValue LocalSpec local,
            @DefaultValue LoadSpec load,
            @DefaultValue StaleSpec stale,
            @Nullable Boolean cacheNulls,
            @Nullable Duration nullTtl,
            @Nullable Integer maxNullEntries,
            @Nullable Boolean encrypt,
            @Nullable DataSize maxValueBytes,
            @Nullable Boolean strictSchema,
            @Nullable Warm warm,
            @Nullable String domain) {}

    /**
     * The near cache of a node.
     *
     * @param enabled Whether a node keeps entries in its memory.
     * @param maxEntries Entries of the cache that a node keeps at most.
     * @param ttl How long a node keeps an entry at most. It never outlives the entry in Redis.
     * @param degradedTtl How long a node shares what it loaded while Redis was away. At most 10 seconds; 0 is off.
     *     coherence.max-staleness by default.
     */
    public record LocalSpec(
            @Nullable Boolean enabled,
            @Nullable Integer maxEntries,
            @Nullable Duration ttl,
            @Nullable Duration degradedTtl) {}

    /**
     * Who loads a missing value, and how long others wait.
     *
     * @param lease How long a loader that stopped renewing its lease still keeps others from loading.
     * @param maxLoad How long a loader may renew its lease. What it returns later is not stored.
     * @param maxWait How long a caller waits for another caller's load before it loads for itself.
     * @param snapshotLag How far the database replica that the loader reads may be behind. At most 5 minutes.
     * @param maxConcurrent How many loaders of the cache run at once on a node. Others wait for max-wait. 0 is any number.
     * @param rejectWhenFull Whether a caller that waited that long gets a LoadRejectedException. Otherwise it loads all the
     *     same.
     * @param softTimeout How long a caller waits for a slow load before it takes a value past its TTL, which stale.on-error
     *     keeps. 0 is off.
     * @param timeout How long a caller waits for a load before it gets such a value or a LoadTimeoutException. The load goes
     *     on. 0 is off.
     */
    public record LoadSpec(
            @Nullable Duration lease,
            @Nullable Duration maxLoad,
            @Nullable Duration maxWait,
            @Nullable Duration snapshotLag,
            @Nullable Integer maxConcurrent,
            @Nullable Boolean rejectWhenFull,
            @Nullable Duration softTimeout,
            @Nullable Duration timeout) {}

    /**
     * When a value past its TTL is served. One that an invalidation covers never is.
     *
     * @param whileRevalidate How long after the TTL a value is served at once while one node loads in the background. 0 is
     *     off.
     * @param onError How long after the TTL a value is served if loading fails. 0 is off.
     * @param retryAfter How long after a failed load no node tries again while there is such a value.
     */
    public record StaleSpec(
            @Nullable Duration whileRevalidate,
            @Nullable Duration onError,
            @Nullable Duration retryAfter) {}

    /**
     * When to warm.
     *
     * @param onStartup Whether to warm before the application becomes ready.
     * @param every Period. In each, one node of the cluster warms.
     */
    public record Warm(
            @Nullable Boolean onStartup, @Nullable Duration every) {}
}
