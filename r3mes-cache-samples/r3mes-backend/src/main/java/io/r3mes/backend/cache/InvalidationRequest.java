package io.r3mes.backend.cache;

import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.Invalidation;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What to invalidate: exactly one of a tag, a pattern, a key and a cache. */
record InvalidationRequest(
        @Nullable String tag,
        @Nullable String pattern,
        @Nullable String key,
        @Nullable String cache) {

    InvalidationRequest {
        if (Stream.of(tag, pattern, key, cache).filter(Objects::nonNull).count() != 1) {
            throw new IllegalArgumentException("Give exactly one of tag, pattern, key and cache.");
        }
    }

    Invalidation apply(CacheInvalidator invalidator) {
        if (tag != null) {
            return invalidator.invalidateByTag(tag);
        }
        if (pattern != null) {
            return invalidator.invalidateByPattern(pattern);
        }
        if (key != null) {
            return invalidator.invalidateKey(key);
        }
        return invalidator.invalidateCache(Objects.requireNonNull(cache));
    }
}
