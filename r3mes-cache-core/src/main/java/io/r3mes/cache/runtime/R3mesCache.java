package io.r3mes.cache.runtime;

import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.OnFailover;
import io.r3mes.cache.caffeine.CaffeineLocalStoreFactory;
import io.r3mes.cache.codec.JacksonValueCodec;
import io.r3mes.cache.engine.CacheEngine;
import io.r3mes.cache.engine.EngineConfig;
import io.r3mes.cache.memory.MemoryAdapter;
import io.r3mes.cache.metrics.RecordingMetrics;
import io.r3mes.cache.redis.RedisAdapter;
import io.r3mes.cache.redis.RedisNamespace;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.TagIndex;
import io.r3mes.cache.spi.ValueCipher;
import io.r3mes.cache.spi.ValueCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Builds a {@link CacheManager} from its parts. Not thread-safe. */
public final class R3mesCache {

    private static final Duration SHORTEST_STALENESS = Duration.ofMillis(200);
    private static final Duration TICK = Duration.ofSeconds(1);

    private final List<CachePolicy> policies = new ArrayList<>();
    private final List<CacheObserver> observers = new ArrayList<>();
    private String namespace = "r3mes";
    private @Nullable RedisSettings redis;
    private @Nullable MemoryAdapter memory;
    private Duration maxStaleness = EngineConfig.Coherence.DEFAULT.maxStaleness();
    private int maxRecords = EngineConfig.Coherence.DEFAULT.maxRecords();
    private OnFailover onFailover = EngineConfig.Coherence.DEFAULT.onFailover();
    private int maxTagMembers = TagIndex.MOST_MEMBERS;
    private int minReplicas;
    private @Nullable ValueCodec codec;
    private @Nullable ValueCipher cipher;
    private @Nullable Executor executor;
    private UnaryOperator<RemoteStore> remoteStore = real -> real;
    private UnaryOperator<InvalidationLog> invalidationLog = real -> real;

    private R3mesCache() {}

    /** A builder of a manager without caches that keeps everything in memory. */
    public static R3mesCache builder() {
        return new R3mesCache();
    }

    /** Begins every key in Redis: letters, digits, {@code .}, {@code _} and {@code -}. Nodes that share it share caches. */
    public R3mesCache namespace(String name) {
        namespace = name;
        return this;
    }

    public R3mesCache caches(Collection<CachePolicy> added) {
        policies.addAll(added);
        return this;
    }

    public R3mesCache caches(CachePolicy... added) {
        return caches(List.of(added));
    }

    public R3mesCache redis(RedisSettings settings) {
        redis = settings;
        return this;
    }

    /** Keeps entries and invalidations in this JVM only, with the semantics of Redis. */
    public R3mesCache inMemory() {
        return inMemory(memory());
    }

    /** A store for {@link #inMemory(MemoryAdapter)}, on the system's time. */
    public static MemoryAdapter memory() {
        return new MemoryAdapter(Threads.ofSystem());
    }

    /** The same, shared between the managers that are given one adapter. */
    public R3mesCache inMemory(MemoryAdapter shared) {
        redis = null;
        memory = shared;
        return this;
    }

    /** How long this node trusts its near cache without a proof that it has missed no invalidation; at least 200 ms. */
    public R3mesCache maxStaleness(Duration duration) {
        maxStaleness = duration;
        return this;
    }

    /**
     * How many invalidations this node remembers, 65,536 by default. An entry older than all of them is judged by one more
     * request to Redis instead.
     */
    public R3mesCache maxRecords(int most) {
        maxRecords = most;
        return this;
    }

    /** What happens when another Redis server takes over; {@link OnFailover#REPLAY} by default. */
    public R3mesCache onFailover(OnFailover chosen) {
        onFailover = chosen;
        return this;
    }

    /**
     * About how many keys of one tag Redis remembers, 1,000,000 by default. More entries may carry the tag: they are
     * invalidated with it, but not listed, and their memory is free only when they expire.
     */
    public R3mesCache maxTagMembers(int most) {
        maxTagMembers = most;
        return this;
    }

    /**
     * How many replicas must have an invalidation before it is acknowledged, 0 by default. With all replicas of a master,
     * the failover to one of them loses no acknowledged invalidation. While fewer have it, it is pending.
     */
    public R3mesCache minReplicas(int least) {
        minReplicas = least;
        return this;
    }

    public R3mesCache codec(ValueCodec chosen) {
        codec = chosen;
        return this;
    }

    /** Encrypts the values of caches whose policy says so. */
    public R3mesCache cipher(@Nullable ValueCipher chosen) {
        cipher = chosen;
        return this;
    }

    /** Runs asynchronous loaders, warmers and background work; may block. Remains the caller's to shut down. */
    public R3mesCache executor(Executor chosen) {
        executor = chosen;
        return this;
    }

    /** Is told what the engine does, in addition to the manager's metrics. */
    public R3mesCache observer(CacheObserver added) {
        observers.add(added);
        return this;
    }

    /** Puts something between the manager and its remote store, such as faults in a test; once for each manager. */
    public R3mesCache remoteStore(UnaryOperator<RemoteStore> decorator) {
        remoteStore = decorator;
        return this;
    }

    /** The same for the invalidation log of each coherence domain. */
    public R3mesCache invalidationLog(UnaryOperator<InvalidationLog> decorator) {
        invalidationLog = decorator;
        return this;
    }

    /**
     * Starts a manager. Never waits for Redis, which may appear later.
     *
     * @throws CacheConfigurationException if the configuration cannot work
     */
    public CacheManager build() {
        if (maxRecords < 1) {
            throw new CacheConfigurationException("maxRecords is " + maxRecords + "; set it to at least 1.");
        }
        if (maxTagMembers < 1) {
            throw new CacheConfigurationException("tags.max-members is " + maxTagMembers + "; set it to at least 1.");
        }
        if (minReplicas < 0) {
            throw new CacheConfigurationException("invalidation.min-replicas is " + minReplicas
                    + "; set it to 0, or to the number of replicas that every master has.");
        }
        if (maxStaleness.compareTo(SHORTEST_STALENESS) < 0) {
            throw new CacheConfigurationException("coherence.max-staleness is " + maxStaleness + "; set it to at least "
                    + SHORTEST_STALENESS.toMillis() + "ms, two beats of the log.");
        }
        Storage storage = storage();
        Threads threads = new Threads(executor);
        Environment environment = threads.environment();
        RecordingMetrics metrics = new RecordingMetrics(
                policies.stream().map(CachePolicy::name).toList(), environment.clock(), environment.random()::nextInt);
        threads.every(TICK, metrics::tick);
        List<CacheObserver> told = new ArrayList<>(observers);
        told.add(0, new StateLog());
        told.add(0, metrics);
        try {
            return new CacheEngine(new EngineConfig(
                    policies,
                    storage.ports(),
                    new EngineConfig.Values(codec == null ? new JacksonValueCodec() : codec, cipher),
                    environment,
                    new EngineConfig.Figures(new Observers(told), metrics),
                    coherence(),
                    () -> {
                        storage.onClose().run();
                        threads.close();
                    }));
        } catch (RuntimeException invalid) {
            storage.onClose().run();
            threads.close();
            throw invalid;
        }
    }

    private EngineConfig.Coherence coherence() {
        EngineConfig.Coherence limits = EngineConfig.Coherence.DEFAULT;
        return new EngineConfig.Coherence(maxStaleness, maxRecords, limits.maxPending(), onFailover);
    }

    private Storage storage() {
        if (redis != null) {
            RedisAdapter adapter =
                    RedisAdapter.create(redis, new RedisNamespace(namespace, onFailover, maxTagMembers, minReplicas));
            return new Storage(
                    ports(adapter.remoteStore(), adapter::invalidationLog, adapter::tagIndex), adapter::close);
        }
        MemoryAdapter adapter = memory == null ? memory() : memory;
        return new Storage(ports(adapter.remoteStore(), adapter::invalidationLog, adapter::tagIndex), () -> {});
    }

    private EngineConfig.Ports ports(
            RemoteStore remote, Function<String, InvalidationLog> logs, Function<String, TagIndex> tags) {
        return new EngineConfig.Ports(
                remoteStore.apply(remote),
                domain -> new EngineConfig.DomainPorts(invalidationLog.apply(logs.apply(domain)), tags.apply(domain)),
                new CaffeineLocalStoreFactory(ForkJoinPool.commonPool()));
    }

    private record Storage(EngineConfig.Ports ports, Runnable onClose) {}
}
