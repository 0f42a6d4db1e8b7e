package io.r3mes.cache.memory;

import io.r3mes.cache.spi.TagIndex;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Tag sets in memory. */
final class MemoryTagIndex implements TagIndex {

    private static final long DETACHED_LIFE_MICROS = TimeUnit.MINUTES.toMicros(10);

    private final Object lock;
    private final LongSupplier micros;
    private final int mostEntries;
    private final ExpiringMap<ExpiringMap<Boolean>> sets; // guarded by lock
    private final ExpiringMap<ExpiringMap<Boolean>> detached; // guarded by lock
    private long lastDetached; // guarded by lock

    MemoryTagIndex(Object lock, LongSupplier micros, int mostEntries) {
        this.lock = lock;
        this.micros = micros;
        this.mostEntries = mostEntries;
        this.sets = new ExpiringMap<>(micros, mostEntries);
        this.detached = new ExpiringMap<>(micros, mostEntries);
    }

    @Override
    public CompletionStage<Void> add(String key, Collection<String> tags, Duration ttl) {
        long life = MemoryRemoteStore.micros(ttl);
        synchronized (lock) {
            for (String tag : tags) {
                ExpiringMap<Boolean> set = sets.get(tag);
                ExpiringMap<Boolean> members = set == null ? new ExpiringMap<>(micros, mostEntries) : set;
                members.put(key, true, life);
                sets.put(tag, members, Math.max(life, sets.lifeMicros(tag)));
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<@Nullable String> detach(String tag) {
        String name = null;
        synchronized (lock) {
            ExpiringMap<Boolean> set = sets.remove(tag);
            if (set != null && !set.isEmpty()) {
                name = tag + ":" + ++lastDetached;
                detached.put(name, set, DETACHED_LIFE_MICROS);
            }
        }
        return CompletableFuture.completedFuture(name);
    }

    @Override
    public CompletionStage<List<String>> take(String name, int limit) {
        List<String> taken = new ArrayList<>();
        synchronized (lock) {
            ExpiringMap<Boolean> set = detached.get(name);
            String member = set == null ? null : set.pollSoonest();
            while (set != null && member != null) {
                taken.add(member);
                member = taken.size() < limit ? set.pollSoonest() : null;
            }
            if (set != null && set.isEmpty()) {
                detached.remove(name);
            }
        }
        return CompletableFuture.completedFuture(taken);
    }
}
