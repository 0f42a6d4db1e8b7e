package io.r3mes.cache.metrics;

import io.r3mes.cache.KeyCount;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.apache.datasketches.frequencies.ErrorType;
import org.apache.datasketches.frequencies.ItemsSketch;

/**
 * The most frequent keys of all caches in bounded memory: exact while they are fewer than three quarters of {@value
 * #MAP_SIZE}, and never below the truth beyond. A sample that meets contention is dropped and counted, so that no reader of
 * a cache ever waits here.
 */
final class HotKeys {

    static final int MAP_SIZE = 1024;

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@link #lock}. */
    private final ItemsSketch<HotKey> sketch = new ItemsSketch<>(MAP_SIZE);

    private final LongAdder dropped = new LongAdder();

    void add(String cache, String key, int weight) {
        if (!lock.tryLock()) {
            dropped.increment();
            return;
        }
        try {
            sketch.update(new HotKey(cache, key), weight);
        } finally {
            lock.unlock();
        }
    }

    /** At most {@code limit} keys, most frequent first. */
    List<KeyCount> top(int limit) {
        return Stream.of(rows())
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
            sketch.reset();
        } finally {
            lock.unlock();
        }
    }

    private ItemsSketch.Row<HotKey>[] rows() {
        lock.lock();
        try {
            return sketch.getFrequentItems(ErrorType.NO_FALSE_NEGATIVES);
        } finally {
            lock.unlock();
        }
    }

    private record HotKey(String cache, String key) {}
}
