package io.r3mes.cache;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The non-blocking face of a {@link Cache}: the same entries, rules and loads in flight. Thread-safe.
 *
 * <p>Loaders are started on the manager's executor. What a loader throws, or completes with, completes the future
 * exceptionally and unchanged.
 */
public interface AsyncCache<K, V> {

    /** The cached value, or the loader's, which is then cached. */
    CompletableFuture<@Nullable V> get(K id, AsyncLoader<? super K, V> loader);

    /** The cached value, without loading it. */
    CompletableFuture<Lookup<V>> getIfPresent(K id);

    /** Replaces the cached value; see {@link Cache#set(Object, Object, EntryOptions)}. */
    CompletableFuture<Invalidation> set(K id, @Nullable V value, EntryOptions options);

    /** Invalidates one id. */
    CompletableFuture<Invalidation> delete(K id);
}
