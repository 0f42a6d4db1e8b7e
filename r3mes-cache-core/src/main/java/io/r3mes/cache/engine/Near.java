package io.r3mes.cache.engine;

import io.r3mes.cache.spi.LocalEntry;
import io.r3mes.cache.spi.LocalStore;
import org.jspecify.annotations.Nullable;

/** The near cache of one cache, whose entries are judged by the timeline on every read. Thread-safe. */
final class Near {

    private final String cache;
    private final @Nullable LocalStore store;
    private final Timeline timeline;

    /**
     * @param store null where the policy turns the near cache off
     */
    Near(String cache, @Nullable LocalStore store, Timeline timeline) {
        this.cache = cache;
        this.store = store;
        this.timeline = timeline;
    }

    @Nullable LocalEntry get(Object id, long now) {
        if (store == null) {
            return null;
        }
        LocalEntry entry = store.get(id);
        if (entry == null || entry.expiresAtNanos() - now <= 0) {
            return null;
        }
        if (timeline.admits(entry, cache, now)) {
            return entry;
        }
        if (!timeline.isFenced(now)) {
            store.remove(id, entry);
        }
        return null;
    }

    void put(Object id, LocalEntry entry) {
        if (store != null) {
            store.put(id, entry);
        }
    }

    void clear() {
        if (store != null) {
            store.clear();
        }
    }

    long size() {
        return store == null ? 0 : store.size();
    }
}
