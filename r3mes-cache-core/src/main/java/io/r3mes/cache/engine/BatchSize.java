package io.r3mes.cache.engine;

import io.r3mes.cache.spi.RemoteStore.Reclaimed;
import java.util.List;

/** How many entries one batch removes: so many that their values have a few megabytes. */
final class BatchSize {

    static final int MOST = 96;
    private static final int FEWEST = 8;
    private static final long BYTES = 4 << 20;

    private volatile int size = MOST;

    int size() {
        return size;
    }

    /** Goes by the values that a batch removed. */
    void learn(List<Reclaimed> batch) {
        long removed = batch.stream().filter(Reclaimed::removed).count();
        if (removed > 0) {
            long average = batch.stream().mapToLong(Reclaimed::bytes).sum() / removed;
            size = (int) Math.max(FEWEST, Math.min(MOST, BYTES / Math.max(1, average)));
        }
    }
}
