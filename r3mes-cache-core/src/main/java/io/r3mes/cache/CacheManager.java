package io.r3mes.cache;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The named caches of one application node and the services they share. Thread-safe.
 *
 * <p>A raw key, such as {@code user:info:w1}, belongs to the cache whose key template it matches; a key that matches
 * none is refused with {@link CacheKeyException}. No method here throws because Redis is away: reads then miss and writes
 * are not stored.
 */
public interface CacheManager extends AutoCloseable {

    /**
     * The cache configured under {@code name}, holding values of {@code type}.
     *
     * @throws IllegalArgumentException if no cache has that name
     */
    <K, V> Cache<K, V> cache(String name, ValueType<V> type);

    /** The same as {@link #cache(String, ValueType)} for a type without parameters. */
    default <K, V> Cache<K, V> cache(String name, Class<V> type) {
        return cache(name, ValueType.of(type));
    }

    /** The value cached under a raw key, without loading it. */
    <V> Lookup<V> get(String key, Class<V> type);

    /** Stores a value under a raw key. The contract is that of {@link Cache#set(Object, Object, EntryOptions)}. */
    Invalidation set(String key, @Nullable Object value, EntryOptions options);

    /** Stores a value under a raw key with the options of its cache. */
    default Invalidation set(String key, @Nullable Object value) {
        return set(key, value, EntryOptions.DEFAULT);
    }

    /** Invalidates one raw key. */
    default Invalidation delete(String key) {
        return invalidator().invalidateKey(key);
    }

    /** The names of all configured caches. */
    Set<String> cacheNames();

    /**
     * The policy of a cache.
     *
     * @throws IllegalArgumentException if no cache has that name
     */
    CachePolicy policy(String name);

    CacheInvalidator invalidator();

    CacheMetrics metrics();

    CacheWarmer warmer();

    /** How coherent this node is at the moment of the call. */
    CoherenceStatus status();

    /**
     * Waits until this node has applied every invalidation up to {@code position}, so that a read that starts afterwards
     * is at least as recent as that invalidation.
     *
     * @return false if {@code timeout} passed first
     */
    boolean awaitApplied(long position, Duration timeout);

    /** Sends what is pending, for at most five seconds, stops the warmers and releases the connections. Idempotent. */
    @Override
    void close();
}
