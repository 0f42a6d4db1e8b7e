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
 *
 * <p>There is no cache of Caffeine before the first entry: an application starts without it.
 */
final class CaffeineLocalStore implements LocalStore {

    private final CachePolicy.Local policy;
    private final Executor maintenance;
    private final long maxEntries;
    private volatile @Nullable Cache<Object, LocalEntry> entries;
    private volatile long lastPut;

    CaffeineLocalStore(CachePolicy.Local policy, Executor maintenance) {
        this.policy = policy;
        this.maintenance = maintenance;
        this.maxEntries = policy.maxEntries();
    }

    @Override
    public @Nullable LocalEntry get(Object id, long now) {
        Cache<Object, LocalEntry> made = entries;
        if (made == null) {
            return null;
        }
        LocalEntry entry = made.getIfPresent(id);
        return entry == null || entry.expiresAtNanos() - now <= 0 ? null : entry;
    }

    @Override
    public void put(Object id, LocalEntry entry, long now) {
        Cache<Object, LocalEntry> made = entries;
        if (made == null) {
            made = make();
        }
        lastPut = now;
        made.put(id, entry);
        if (made.estimatedSize() > maxEntries) {
            made.cleanUp();
        }
    }

    @Override
    public void remove(Object id, LocalEntry entry) {
        Cache<Object, LocalEntry> made = entries;
        if (made != null) {
            made.asMap().remove(id, entry);
        }
    }

    @Override
    public void clear() {
        Cache<Object, LocalEntry> made = entries;
        if (made != null) {
            made.invalidateAll();
        }
    }

    @Override
    public long size() {
        Cache<Object, LocalEntry> made = entries;
        return made == null ? 0 : made.estimatedSize();
    }

    private synchronized Cache<Object, LocalEntry> make() {
        Cache<Object, LocalEntry> made = entries;
        if (made == null) {
            made = Caffeine.newBuilder()
                    .maximumSize(maxEntries)
                    .expireAfterWrite(policy.ttl())
                    .ticker(() -> lastPut)
                    .executor(maintenance)
                    .build();
            entries = made;
        }
        return made;
    }
}
