package io.r3mes.cache.caffeine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.LocalEntry;
import io.r3mes.cache.spi.LocalStore;
import org.jspecify.annotations.Nullable;

/**
 * A near cache over Caffeine: bounded by entries, each with its own expiry. Maintenance runs on the calling thread.
 *
 * <p>An entry's own expiry is looked at when it is read. Caffeine's expiry only frees memory, after the longest life that
 * the policy gives, and its clock moves when an entry is put.
 */
final class CaffeineLocalStore implements LocalStore {

    private final Cache<Object, LocalEntry> entries;
    private volatile long lastPut;

    CaffeineLocalStore(CachePolicy.Local policy) {
        this.entries = Caffeine.newBuilder()
                .maximumSize(policy.maxEntries())
                .expireAfterWrite(policy.ttl())
                .ticker(() -> lastPut)
                .executor(Runnable::run)
                .build();
    }

    @Override
    public @Nullable LocalEntry get(Object id, long now) {
        LocalEntry entry = entries.getIfPresent(id);
        return entry == null || entry.expiresAtNanos() - now <= 0 ? null : entry;
    }

    @Override
    public void put(Object id, LocalEntry entry, long now) {
        lastPut = now;
        entries.put(id, entry);
    }

    @Override
    public void remove(Object id, LocalEntry entry) {
        entries.asMap().remove(id, entry);
    }

    @Override
    public void clear() {
        entries.invalidateAll();
    }

    @Override
    public long size() {
        return entries.estimatedSize();
    }
}
