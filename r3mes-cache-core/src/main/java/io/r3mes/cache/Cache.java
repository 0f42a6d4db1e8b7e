package io.r3mes.cache;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One named cache of values {@code V} identified by {@code K}. Thread-safe.
 *
 * <p>An id fills the placeholders of the cache's key template: the value itself for one placeholder, {@link KeyParts}
 * for several or none. Cached values are shared between callers; treat them as immutable.
 *
 * <p>A read that starts after an invalidation was acknowledged never returns a value born before it. Trouble with Redis
 * is never thrown to the caller: the loader is asked instead. An illegal id is refused with {@link CacheKeyException}.
 */
public interface Cache<K, V> {

    String name();

    /**
     * The cached value, or the loader's, which is then cached. One caller in the cluster loads; the others wait for it.
     * The loader runs on the calling thread, and what it throws is thrown unchanged.
     *
     * @return null only if the loader returned null, now or when the entry was cached
     */
    <X extends Exception> @Nullable V get(K id, Loader<? super K, ? extends V, X> loader) throws X;

    /** The cached value, without loading it. */
    Lookup<V> getIfPresent(K id);

    /**
     * The values of several ids, in the iteration order of {@code ids}. The loader is asked once, on the calling thread,
     * for all ids that no other node is loading; an id that it leaves out counts as a null value.
     */
    <X extends Exception> Map<K, @Nullable V> getAll(Collection<? extends K> ids, BulkLoader<K, ? extends V, X> loader)
            throws X;

    /**
     * Loads anew and replaces the cached value, unless an invalidation overtakes the load. While another caller loads the
     * same id, waits for that load instead.
     */
    <X extends Exception> @Nullable V refresh(K id, Loader<? super K, ? extends V, X> loader) throws X;

    /**
     * Replaces the cached value and drops the id from every near cache. Safe against concurrent loads and invalidations:
     * where one of them overtakes this call, nothing is stored and the next read loads.
     *
     * <p>Two writers that committed in one order and call this method in the other may leave the older value. Where that
     * can happen, take a ticket before the commit ({@link #writeTicket}), or invalidate instead.
     */
    Invalidation set(K id, @Nullable V value, EntryOptions options);

    /** The same as {@link #set(Object, Object, EntryOptions)} with the options of the cache. */
    default Invalidation set(K id, @Nullable V value) {
        return set(id, value, EntryOptions.DEFAULT);
    }

    /**
     * Announces a write of {@code id} before its database commit, so that the value stored through the ticket afterwards
     * can never be older than one that a concurrent writer stored.
     */
    WriteTicket<V> writeTicket(K id);

    /** Invalidates one id. */
    Invalidation delete(K id);

    /** The Redis key of an id, without the namespace. */
    String key(K id);

    /** The same cache for callers that do not block. */
    AsyncCache<K, V> async();
}
