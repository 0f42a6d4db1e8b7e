package io.r3mes.cache.memory;

import io.r3mes.cache.spi.Claim;
import io.r3mes.cache.spi.Fetched;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.RemoteStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Values and leases in memory. */
final class MemoryRemoteStore implements RemoteStore {

    private static final int PAGE_SIZE = 512;

    private final Object lock;
    private final ExpiringMap<byte[]> values; // guarded by lock
    private final ExpiringMap<String> leases; // guarded by lock
    private final AtomicLong epoch = new AtomicLong();
    private final AtomicLong takeovers = new AtomicLong();

    MemoryRemoteStore(Object lock, LongSupplier micros, int mostEntries) {
        this.lock = lock;
        this.values = new ExpiringMap<>(micros, mostEntries);
        this.leases = new ExpiringMap<>(micros, mostEntries);
    }

    @Override
    public CompletionStage<byte @Nullable []> get(String key) {
        return atomically(() -> copy(values.get(key)));
    }

    @Override
    public CompletionStage<Fetched> getAll(List<String> keys) {
        return atomically(() -> {
            List<byte @Nullable []> found = new ArrayList<>(keys.size());
            keys.forEach(key -> found.add(copy(values.get(key))));
            return Fetched.of(found);
        });
    }

    @Override
    public CompletionStage<Claim> acquire(Lease lease) {
        return atomically(() -> {
            boolean free = leases.get(lease.key()) == null;
            if (free) {
                hold(lease);
            }
            return new Claim(free, copy(values.get(lease.key())));
        });
    }

    @Override
    public CompletionStage<Void> takeOver(Lease lease) {
        return atomically(() -> {
            hold(lease);
            return null;
        });
    }

    @Override
    public CompletionStage<Boolean> renew(Lease lease) {
        return atomically(() -> {
            if (!holds(lease)) {
                return false;
            }
            hold(lease);
            return true;
        });
    }

    @Override
    public CompletionStage<Boolean> release(Lease lease) {
        return atomically(() -> holds(lease) && leases.remove(lease.key()) != null);
    }

    @Override
    public CompletionStage<Boolean> store(Lease lease, byte[] value, Duration ttl) {
        byte[] stored = value.clone();
        return atomically(() -> {
            if (!holds(lease)) {
                return false;
            }
            values.put(lease.key(), stored, micros(ttl));
            leases.remove(lease.key());
            return true;
        });
    }

    @Override
    public CompletionStage<Boolean> unlink(String key) {
        return atomically(() -> {
            leases.remove(key);
            return values.remove(key) != null;
        });
    }

    @Override
    public CompletionStage<Boolean> unlinkKeeping(Lease lease) {
        return atomically(() -> {
            if (!holds(lease)) {
                leases.remove(lease.key());
            }
            return values.remove(lease.key()) != null;
        });
    }

    @Override
    public CompletionStage<Reclaimed> unlinkBornBefore(String key, long position) {
        return atomically(() -> {
            byte[] value = values.get(key);
            if (value == null) {
                return Reclaimed.NOTHING;
            }
            Born born = Born.of(value);
            if (born != null && born.position() >= position) {
                return Reclaimed.kept(Duration.ofNanos(values.lifeMicros(key) * 1_000));
            }
            values.remove(key);
            return new Reclaimed(true, value.length, Duration.ZERO);
        });
    }

    @Override
    public CompletionStage<List<@Nullable Born>> births(List<String> keys) {
        return atomically(() -> {
            List<@Nullable Born> births = new ArrayList<>(keys.size());
            keys.forEach(key -> births.add(Born.of(values.get(key))));
            return births;
        });
    }

    @Override
    public CompletionStage<Page> scan(String prefix, @Nullable String cursor) {
        return atomically(() -> {
            List<String> page = new ArrayList<>();
            String key = cursor == null ? values.next(prefix, true) : values.next(cursor, false);
            while (key != null && key.startsWith(prefix) && page.size() < PAGE_SIZE) {
                page.add(key);
                key = values.next(key, false);
            }
            boolean more = key != null && key.startsWith(prefix);
            return new Page(page, more ? page.get(page.size() - 1) : null);
        });
    }

    @Override
    public long epoch() {
        return epoch.get();
    }

    @Override
    public long takeovers() {
        return takeovers.get();
    }

    /** Does nothing: the entries belong to the adapter. */
    @Override
    public void close() {}

    /** Counts a change of servers, which memory does not have by itself. */
    void changeServers() {
        takeovers.incrementAndGet();
        epoch.incrementAndGet();
    }

    private boolean holds(Lease lease) {
        return lease.token().equals(leases.get(lease.key()));
    }

    private void hold(Lease lease) {
        leases.put(lease.key(), lease.token(), micros(lease.duration()));
    }

    private static byte @Nullable [] copy(byte @Nullable [] value) {
        return value == null ? null : value.clone();
    }

    static long micros(Duration duration) {
        return Math.max(1, TimeUnit.NANOSECONDS.toMicros(duration.toNanos()));
    }

    private <T extends @Nullable Object> CompletionStage<T> atomically(Supplier<T> step) {
        T result;
        synchronized (lock) {
            result = step.get();
        }
        return CompletableFuture.completedFuture(result);
    }
}
