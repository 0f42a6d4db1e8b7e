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

/** Tag sets in memory. */
final class MemoryTagIndex implements TagIndex {

    private static final long DETACHED_LIFE_MICROS = TimeUnit.MINUTES.toMicros(10);

    private final Object lock;
    private final LongSupplier micros;
    private final int mostMembers;
    private final ExpiringMap<ExpiringMap<Boolean>> sets; // guarded by lock
    private final ExpiringMap<ExpiringMap<Boolean>> detached; // guarded by lock
    private long lastDetached; // guarded by lock

    MemoryTagIndex(Object lock, LongSupplier micros, int mostTags, int mostMembers) {
        this.lock = lock;
        this.micros = micros;
        this.mostMembers = mostMembers;
        this.sets = new ExpiringMap<>(micros, mostTags);
        this.detached = new ExpiringMap<>(micros, mostTags);
    }

    @Override
    public CompletionStage<Void> add(String key, Collection<String> tags, Duration ttl) {
        long life = MemoryRemoteStore.micros(ttl);
        synchronized (lock) {
            for (String tag : tags) {
                ExpiringMap<Boolean> set = sets.get(tag);
                ExpiringMap<Boolean> members = set == null ? new ExpiringMap<>(micros, mostMembers) : set;
                members.put(key, true, life);
                sets.put(tag, members, Math.max(life, sets.lifeMicros(tag)));
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Members> members(String tag, int limit) {
        List<String> keys = new ArrayList<>();
        long count;
        synchronized (lock) {
            ExpiringMap<Boolean> set = sets.get(tag);
            count = set == null ? 0 : set.size();
            String key = set == null ? null : set.next("", true);
            while (set != null && key != null && keys.size() < limit) {
                keys.add(key);
                key = set.next(key, false);
            }
        }
        return CompletableFuture.completedFuture(new Members(count, keys));
    }

    @Override
    public CompletionStage<List<String>> detach(String tag) {
        List<String> parts = List.of();
        synchronized (lock) {
            ExpiringMap<Boolean> set = sets.remove(tag);
            if (set != null && !set.isEmpty()) {
                String name = tag + ":" + ++lastDetached;
                detached.put(name, set, DETACHED_LIFE_MICROS);
                parts = List.of(name);
            }
        }
        return CompletableFuture.completedFuture(parts);
    }

    @Override
    public CompletionStage<List<String>> take(String part, int limit) {
        List<String> taken = new ArrayList<>();
        synchronized (lock) {
            ExpiringMap<Boolean> set = detached.get(part);
            String member = set == null ? null : set.pollSoonest();
            while (set != null && member != null) {
                taken.add(member);
                member = taken.size() < limit ? set.pollSoonest() : null;
            }
            if (set != null && set.isEmpty()) {
                detached.remove(part);
            }
        }
        return CompletableFuture.completedFuture(taken);
    }
}
