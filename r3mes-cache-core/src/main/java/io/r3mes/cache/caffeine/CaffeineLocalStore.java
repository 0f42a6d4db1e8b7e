package io.r3mes.cache.caffeine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.LocalEntry;
import io.r3mes.cache.spi.LocalStore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A near cache over Caffeine: bounded by entries, each with its own expiry. Maintenance runs on the calling thread. */
final class CaffeineLocalStore implements LocalStore {

    private final Cache<Object, LocalEntry> entries;

    CaffeineLocalStore(CachePolicy.Local policy, LongSupplier nanoTime) {
        this.entries = Caffeine.newBuilder()
                .maximumSize(policy.maxEntries())
                .expireAfter(new AtEntryExpiry())
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    @Override
    public @Nullable LocalEntry get(Object id) {
        return entries.getIfPresent(id);
    }

    @Override
    public void put(Object id, LocalEntry entry) {
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

    /** Lets an entry live until its own expiry, whatever entry it replaces. */
    private static final class AtEntryExpiry implements Expiry<Object, LocalEntry> {

        @Override
        public long expireAfterCreate(Object id, LocalEntry entry, long now) {
            return Math.max(0, entry.expiresAtNanos() - now);
        }

        @Override
        public long expireAfterUpdate(Object id, LocalEntry entry, long now, long remaining) {
            return expireAfterCreate(id, entry, now);
        }

        @Override
        public long expireAfterRead(Object id, LocalEntry entry, long now, long remaining) {
            return remaining;
        }
    }
}
