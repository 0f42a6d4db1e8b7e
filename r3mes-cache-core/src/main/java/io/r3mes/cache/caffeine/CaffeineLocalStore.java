package io.r3mes.cache.caffeine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.LocalEntry;
import io.r3mes.cache.spi.LocalStore;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A near cache over Caffeine: bounded by entries, each with its own expiry.
 *
 * <p>An entry's own expiry is looked at when it is read. Caffeine's expiry only frees memory, after the longest life that
 * the policy gives, and its clock moves when an entry is put. Evictions that are due when an entry is put run on that
 * thread; what reads leave to do, on the executor.
 */
final class CaffeineLocalStore implements LocalStore {

    private final Cache<Object, LocalEntry> entries;
    private final long maxEntries;
    private volatile long lastPut;

    CaffeineLocalStore(CachePolicy.Local policy, Executor maintenance) {
        this.maxEntries = policy.maxEntries();
        this.entries = Caffeine.newBuilder()
                .maximumSize(maxEntries)
                .expireAfterWrite(policy.ttl())
                .ticker(() -> lastPut)
                .executor(maintenance)
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
        if (entries.estimatedSize() > maxEntries) {
            entries.cleanUp();
        }
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
