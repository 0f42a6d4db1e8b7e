package io.r3mes.cache.metrics;

import io.r3mes.cache.KeyCount;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.datasketches.frequencies.ErrorType;
import org.apache.datasketches.frequencies.ItemsSketch;
import org.jspecify.annotations.Nullable;

/**
 * The most frequent keys of all caches in bounded memory: exact while they are fewer than three quarters of {@value
 * #MAP_SIZE}, and never below the truth beyond. A sample that meets contention is dropped and counted, so that no reader of
 * a cache ever waits here.
 */
final class HotKeys {

    static final int MAP_SIZE = 1024;

    private final ReentrantLock lock = new ReentrantLock();
    /** Made by the first key that is added. Guarded by {@link #lock}. */
    private @Nullable ItemsSketch<HotKey> sketch;

    private final LongAdder dropped = new LongAdder();

    void add(String cache, String key, int weight) {
        if (!lock.tryLock()) {
            dropped.increment();
            return;
        }
        try {
            if (sketch == null) {
                sketch = new ItemsSketch<>(MAP_SIZE);
            }
            sketch.update(new HotKey(cache, key), weight);
        } finally {
            lock.unlock();
        }
    }

    /** At most {@code limit} keys, most frequent first. */
    List<KeyCount> top(int limit) {
        return rows().stream()
                .limit(limit)
                .map(row -> new KeyCount(row.getItem().cache, row.getItem().key, row.getEstimate()))
                .toList();
    }

    long dropped() {
        return dropped.sum();
    }

    void reset() {
        lock.lock();
        try {
            sketch = null;
        } finally {
            lock.unlock();
        }
    }

    private List<ItemsSketch.Row<HotKey>> rows() {
        lock.lock();
        try {
            return sketch == null ? List.of() : List.of(sketch.getFrequentItems(ErrorType.NO_FALSE_NEGATIVES));
        } finally {
            lock.unlock();
        }
    }

    private record HotKey(String cache, String key) {}
}
