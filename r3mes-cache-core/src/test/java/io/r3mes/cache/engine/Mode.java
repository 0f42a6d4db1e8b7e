package io.r3mes.cache.engine;

import io.r3mes.cache.Cache;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.Loader;
import io.r3mes.cache.Lookup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The two faces of a cache, with the same operations, so that one test holds both to the same results. */
enum Mode {
    BLOCKING {
        @Override
        <K, V> V get(Cache<K, V> cache, K id, Loader<K, V, ?> loader) throws Exception {
            return cache.get(id, loader);
        }

        @Override
        <K, V> Lookup<V> peek(Cache<K, V> cache, K id) {
            return cache.getIfPresent(id);
        }

        @Override
        <K, V> Invalidation set(Cache<K, V> cache, K id, V value, EntryOptions options) {
            return cache.set(id, value, options);
        }

        @Override
        <K, V> Invalidation delete(Cache<K, V> cache, K id) {
            return cache.delete(id);
        }
    },
    ASYNC {
        @Override
        <K, V> V get(Cache<K, V> cache, K id, Loader<K, V, ?> loader) throws Exception {
            return result(cache.async().get(id, (wanted, context) -> {
                try {
                    return CompletableFuture.completedFuture(loader.load(wanted, context));
                } catch (Exception failure) {
                    throw Failures.thrown(failure);
                }
            }));
        }

        @Override
        <K, V> Lookup<V> peek(Cache<K, V> cache, K id) throws Exception {
            return result(cache.async().getIfPresent(id));
        }

        @Override
        <K, V> Invalidation set(Cache<K, V> cache, K id, V value, EntryOptions options) throws Exception {
            return result(cache.async().set(id, value, options));
        }

        @Override
        <K, V> Invalidation delete(Cache<K, V> cache, K id) throws Exception {
            return result(cache.async().delete(id));
        }
    };

    abstract <K, V> V get(Cache<K, V> cache, K id, Loader<K, V, ?> loader) throws Exception;

    abstract <K, V> Lookup<V> peek(Cache<K, V> cache, K id) throws Exception;

    abstract <K, V> Invalidation set(Cache<K, V> cache, K id, V value, EntryOptions options) throws Exception;

    abstract <K, V> Invalidation delete(Cache<K, V> cache, K id) throws Exception;

    /** The result, or the very exception: unlike {@code get}, {@code handle} unwraps nothing. */
    private static <T> T result(CompletableFuture<T> future) throws Exception {
        record Outcome<T>(T value, Throwable failure) {}
        Outcome<T> outcome =
                future.handle((value, failure) -> new Outcome<>(value, failure)).get(30, TimeUnit.SECONDS);
        if (outcome.failure() != null) {
            throw Failures.thrown(outcome.failure());
        }
        return outcome.value();
    }
}
