package io.r3mes.cache.memory;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.TagIndex;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The ports in memory. Managers that are given the same instance share it as nodes share Redis. Thread-safe; stages are
 * complete when they are returned, except those of reads of the log that wait.
 */
public final class MemoryAdapter {

    private static final int MOST_ENTRIES = 100_000;
    private static final String REPLICATION = "memory";

    /** Far above 0, so that a position minus a lag stays positive. */
    private static final long FIRST_MICROS = 1_000_000_000_000_000L;

    private final Object lock = new Object();
    private final Environment environment;
    private final LongSupplier micros;
    private final int mostTagMembers;
    private final MemoryRemoteStore remoteStore;
    private final Map<String, Shared> domains = new HashMap<>(); // guarded by lock

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
        this.environment = environment;
        this.micros = micros;
        this.mostTagMembers = mostTagMembers;
        this.remoteStore = new MemoryRemoteStore(lock, micros, MOST_ENTRIES);
    }

    public RemoteStore remoteStore() {
        return remoteStore;
    }

    /** The log of a coherence domain. */
    public InvalidationLog invalidationLog(String domain) {
        return shared(domain).log();
    }

    /** The tag sets of a coherence domain. */
    public TagIndex tagIndex(String domain) {
        return shared(domain).tagIndex();
    }

    /** The log of the common domain. */
    public InvalidationLog invalidationLog() {
        return invalidationLog(CachePolicy.COMMON_DOMAIN);
    }

    /** The tag sets of the common domain. */
    public TagIndex tagIndex() {
        return tagIndex(CachePolicy.COMMON_DOMAIN);
    }

    /** Loses the log's metadata, as a server that evicts does. */
    void loseMetadata() {
        synchronized (lock) {
            shared(CachePolicy.COMMON_DOMAIN).state().loseMetadata();
        }
    }

    /** Loses the stamp of a tag, as a server that evicts does. */
    void loseStamp(String tag) {
        synchronized (lock) {
            shared(CachePolicy.COMMON_DOMAIN).state().loseStamp(tag);
        }
    }

    /** Loses the list of nodes, as a server that evicts does. */
    void loseNodes() {
        synchronized (lock) {
            shared(CachePolicy.COMMON_DOMAIN).nodes().lose();
        }
    }

    /** Says that other servers answer for values from now on, as a failover does. */
    void changeServers() {
        remoteStore.changeServers();
    }

    private Shared shared(String domain) {
        synchronized (lock) {
            return domains.computeIfAbsent(domain, name -> {
                Source source = new Source(micros, environment.random()::nextLong, () -> REPLICATION);
                LogState state = new LogState(source, MOST_ENTRIES);
                NodeList nodes = new NodeList(source);
                return new Shared(
                        state,
                        nodes,
                        new MemoryInvalidationLog(lock, environment.timer(), state, nodes),
                        new MemoryTagIndex(lock, micros, MOST_ENTRIES, mostTagMembers));
            });
        }
    }

    /**
     * What the caches of one domain share.
     *
     * @param state guarded by lock
     * @param nodes guarded by lock
     */
    private record Shared(LogState state, NodeList nodes, MemoryInvalidationLog log, MemoryTagIndex tagIndex) {}

    static LongSupplier microsSinceStart(Environment environment) {
        long start = environment.nanoTime();
        return () -> FIRST_MICROS + TimeUnit.NANOSECONDS.toMicros(environment.nanoTime() - start);
    }
}
