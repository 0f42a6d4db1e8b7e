package io.r3mes.cache.memory;

import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.TagIndex;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The ports in memory. Managers that are given the same instance share it as nodes share Redis. Thread-safe; stages are
 * complete when they are returned, but for reads of the log that wait.
 */
public final class MemoryAdapter {

    private static final int MOST_ENTRIES = 100_000;

    private final Object lock = new Object();
    private final LogState state; // guarded by lock
    private final MemoryRemoteStore remoteStore;
    private final MemoryInvalidationLog invalidationLog;
    private final MemoryTagIndex tagIndex;

    public MemoryAdapter() {
        this(monotonicMicros());
    }

    /**
     * @param micros the clock of positions and expiries: microseconds since the epoch, never going back
     */
    public MemoryAdapter(LongSupplier micros) {
        state = new LogState(micros, new SecureRandom()::nextLong, MOST_ENTRIES);
        remoteStore = new MemoryRemoteStore(lock, micros, MOST_ENTRIES);
        invalidationLog = new MemoryInvalidationLog(lock, micros, state);
        tagIndex = new MemoryTagIndex(lock, micros, MOST_ENTRIES);
    }

    public RemoteStore remoteStore() {
        return remoteStore;
    }

    public InvalidationLog invalidationLog() {
        return invalidationLog;
    }

    public TagIndex tagIndex() {
        return tagIndex;
    }

    /** Loses the log's metadata, as a server that evicts does. */
    void loseMetadata() {
        synchronized (lock) {
            state.loseMetadata();
        }
    }

    /** Loses the stamp of a tag, as a server that evicts does. */
    void loseStamp(String tag) {
        synchronized (lock) {
            state.loseStamp(tag);
        }
    }

    private static LongSupplier monotonicMicros() {
        long epoch = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
        long start = System.nanoTime();
        return () -> epoch + TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start);
    }
}
