package io.r3mes.cache.spring.interceptor;

import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.spring.interceptor.Change.Drop;
import io.r3mes.cache.spring.interceptor.Change.Later;
import io.r3mes.cache.spring.interceptor.Change.Publish;
import io.r3mes.cache.spring.interceptor.Change.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes changes, now. Those of one transaction are made together: invalidations in one step each for keys and tags, then
 * write-throughs, then warmers. A failure of one does not keep the others from being made. Thread-safe.
 */
final class Changes {

    private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

    private final Supplier<CacheManager> manager;

    Changes(Supplier<CacheManager> manager) {
        this.manager = manager;
    }

    /** After a commit, or without a transaction. */
    void make(List<Change> changes) {
        if (changes.isEmpty()) {
            return;
        }
        drop(changes);
        for (Change change : changes) {
            if (change instanceof Store store) {
                guarded(() -> store.ticket().store(store.value(), EntryOptions.DEFAULT));
            } else if (change instanceof Later later) {
                guarded(later.committed());
            }
        }
        for (Change change : changes) {
            if (change instanceof Publish publish) {
                guarded(() -> manager.get().warmer().onEvent(publish.event()));
            }
        }
    }

    /** After a rollback. */
    void abandon(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof Store store) {
                guarded(store.ticket()::close);
            } else if (change instanceof Later later) {
                guarded(later.rolledBack());
            }
        }
    }

    /** After a commit whose outcome is unknown: what it may have changed is invalidated, nothing is stored. */
    void doubt(List<Change> changes) {
        List<Change> safe = new ArrayList<>();
        for (Change change : changes) {
            if (change instanceof Store store) {
                guarded(store.ticket()::close);
                Targets key = new Targets(Set.of(store.entry().key()), Set.of(), Set.of(), Set.of(), false);
                safe.add(new Drop(key, false));
            } else {
                safe.add(change);
            }
        }
        make(safe);
    }

    CompletableFuture<Void> dropAsync(Targets targets) {
        return targets.applyAsync(manager.get().invalidator());
    }

    private void drop(List<Change> changes) {
        List<Targets> now = new ArrayList<>();
        List<Targets> behind = new ArrayList<>();
        for (Change change : changes) {
            if (change instanceof Drop drop) {
                (drop.async() ? behind : now).add(drop.targets());
            }
        }
        if (now.isEmpty() && behind.isEmpty()) {
            return;
        }
        CacheInvalidator invalidator = manager.get().invalidator();
        guarded(() -> Targets.all(now).apply(invalidator));
        guarded(() -> Targets.all(behind).applyAsync(invalidator).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.error("An invalidation could not be made; entries may be stale until they expire", failure);
            }
        }));
    }

    private static void guarded(Runnable change) {
        try {
            change.run();
        } catch (RuntimeException failure) {
            LOG.error("A cache could not be changed after a commit; entries may be stale until they expire", failure);
        }
    }
}
