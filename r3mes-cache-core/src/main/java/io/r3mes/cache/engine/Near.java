package io.r3mes.cache.engine;

import io.r3mes.cache.spi.LocalEntry;
import io.r3mes.cache.spi.LocalStore;
import org.jspecify.annotations.Nullable;

/** The near cache of one cache, whose entries are judged by the timeline on every read. Thread-safe. */
final class Near {

    private final String cache;
    private final @Nullable LocalStore store;
    private final @Nullable LocalStore nulls;
    private final Timeline timeline;

    /** Keeps nulls among the values. */
    Near(String cache, @Nullable LocalStore store, Timeline timeline) {
        this(cache, store, null, timeline);
    }

    /**
     * @param store null where the policy turns the near cache off
     * @param nulls where nulls go, so that any number of them pushes out no value; null where none are cached
     */
    Near(String cache, @Nullable LocalStore store, @Nullable LocalStore nulls, Timeline timeline) {
        this.cache = cache;
        this.store = store;
        this.nulls = nulls;
        this.timeline = timeline;
    }

    boolean isOn() {
        return store != null;
    }

    @Nullable LocalEntry get(Object id, long now) {
        if (store == null) {
            return null;
        }
        LocalEntry entry = store.get(id, now);
        if (entry != null) {
            return judged(store, id, entry, now);
        }
        return nulls == null ? null : judged(nulls, id, nulls.get(id, now), now);
    }

    private @Nullable LocalEntry judged(LocalStore from, Object id, @Nullable LocalEntry entry, long now) {
        if (entry == null) {
            return null;
        }
        if (timeline.admits(entry, cache, now)) {
            return entry;
        }
        if (!timeline.isFenced(now)) {
            from.remove(id, entry);
        }
        return null;
    }

    void put(Object id, LocalEntry entry, long now) {
        if (store == null) {
            return;
        }
        if (nulls == null) {
            store.put(id, entry, now);
        } else if (entry.value() == null) {
            nulls.put(id, entry, now);
            drop(store, id, now);
        } else {
            store.put(id, entry, now);
            drop(nulls, id, now);
        }
    }

    /** What was there before. */
    private static void drop(LocalStore from, Object id, long now) {
        LocalEntry replaced = from.get(id, now);
        if (replaced != null) {
            from.remove(id, replaced);
        }
    }

    void clear() {
        if (store != null) {
            store.clear();
        }
        if (nulls != null) {
            nulls.clear();
        }
    }

    long size() {
        return (store == null ? 0 : store.size()) + (nulls == null ? 0 : nulls.size());
    }
}
