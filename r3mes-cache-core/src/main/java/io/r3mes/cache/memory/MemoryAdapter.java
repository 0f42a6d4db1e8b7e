package io.r3mes.cache.memory;

import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.TagIndex;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The ports in memory. Managers that are given the same instance share it as nodes share Redis. Thread-safe; stages are
 * complete when they are returned, except those of reads of the log that wait.
 */
public final class MemoryAdapter {

    private static final int MOST_ENTRIES = 100_000;

    /** Far above 0, so that a position minus a lag stays positive. */
    private static final long FIRST_MICROS = 1_000_000_000_000_000L;

    private final Object lock = new Object();
    private final LogState state; // guarded by lock
    private final MemoryRemoteStore remoteStore;
    private final MemoryInvalidationLog invalidationLog;
    private final MemoryTagIndex tagIndex;

    public MemoryAdapter(Environment environment) {
        this(environment, microsSinceStart(environment));
    }

    /**
     * @param micros the clock of positions and expiries: positive and never going back
     */
    public MemoryAdapter(Environment environment, LongSupplier micros) {
        this(environment, micros, MOST_ENTRIES);
    }

    MemoryAdapter(Environment environment, LongSupplier micros, int mostTagMembers) {
        state = new LogState(micros, environment.random()::nextLong, MOST_ENTRIES);
        remoteStore = new MemoryRemoteStore(lock, micros, MOST_ENTRIES);
        invalidationLog = new MemoryInvalidationLog(lock, micros, environment.timer(), state);
        tagIndex = new MemoryTagIndex(lock, micros, MOST_ENTRIES, mostTagMembers);
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

    /** Says that other servers answer for values from now on, as a failover does. */
    void changeServers() {
        remoteStore.changeServers();
    }

    static LongSupplier microsSinceStart(Environment environment) {
        long start = environment.nanoTime();
        return () -> FIRST_MICROS + TimeUnit.NANOSECONDS.toMicros(environment.nanoTime() - start);
    }
}
