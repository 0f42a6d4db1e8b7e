package io.r3mes.cache.engine;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CacheMetrics;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.CacheWarmer;
import io.r3mes.cache.CoherenceStatus;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.Lookup;
import io.r3mes.cache.ValueType;
import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.LocalStore;
import io.r3mes.cache.spi.LogEntry;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One node's cache manager over its ports. Thread-safe. */
public final class CacheEngine implements CacheManager {

    private static final Duration DRAIN = Duration.ofSeconds(5);
    private static final Duration DRAIN_PAUSE = Duration.ofMillis(5);

    private final EngineConfig config;
    private final Catalog catalog;
    private final Node node;
    private final String id;
    private final Invalidator invalidator;
    private final Warmers warmers;
    private final LogFollower follower;
    private final Map<Handle, BlockingCache<?, ?>> caches = new ConcurrentHashMap<>();
    private final Map<Handle, Near> nearCaches = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Starts following the log; never waits for it.
     *
     * @throws CacheConfigurationException if the policies contradict each other or the ports
     */
    public CacheEngine(EngineConfig config) {
        this.config = config;
        this.catalog = new Catalog(config.policies());
        requireCipher();
        EngineConfig.Ports ports = config.ports();
        EngineConfig.Coherence coherence = config.coherence();
        Timeline timeline = new Timeline(
                coherence.maxRecords(),
                coherence.maxStaleness(),
                config.environment().nanoTime());
        this.node = new Node(
                ports.remote(),
                ports.log(),
                ports.tagIndex(),
                config.environment(),
                config.figures().observer(),
                timeline,
                new ServerClock(),
                new AtomicLong());
        this.id = node.newToken();
        Journal journal = new Journal(coherence.maxRecords());
        this.invalidator = new Invalidator(
                node,
                catalog,
                new Everywhere(node, id),
                new Invalidator.Memory(new PendingInvalidations(coherence.maxPending()), journal));
        this.warmers = new Warmers(node);
        this.follower = new LogFollower(
                node,
                new LogFollower.NodeIdentity(id, coherence.maxStaleness()),
                new Consequences(journal, new Replay(node, journal, invalidator, coherence.onFailover())));
        follower.start();
    }

    @Override
    @SuppressWarnings("unchecked") // The handle holds the value type; ids are checked when they are rendered.
    public <K, V> Cache<K, V> cache(String name, ValueType<V> type) {
        return (Cache<K, V>) handle(catalog.policy(name), type);
    }

    @Override
    public <V> Lookup<V> get(String key, Class<V> type) {
        Catalog.Owned owned = catalog.requireKey(key);
        return this.<Object, V>handle(owned.policy(), ValueType.of(type)).getIfPresent(owned.subject());
    }

    @Override
    public Invalidation set(String key, @Nullable Object value, EntryOptions options) {
        Catalog.Owned owned = catalog.requireKey(key);
        Class<?> type = value == null ? Object.class : value.getClass();
        return handle(owned.policy(), ValueType.of(type)).set(owned.subject(), value, options);
    }

    @Override
    public Set<String> cacheNames() {
        return catalog.names();
    }

    @Override
    public CachePolicy policy(String name) {
        return catalog.policy(name);
    }

    @Override
    public CacheInvalidator invalidator() {
        return invalidator;
    }

    @Override
    public CacheMetrics metrics() {
        return config.figures().metrics();
    }

    @Override
    public CacheWarmer warmer() {
        return warmers;
    }

    @Override
    public CoherenceStatus status() {
        Timeline timeline = node.timeline();
        return new CoherenceStatus(
                follower.isConnected(), timeline.isFenced(node.now()), timeline.head(), invalidator.pending());
    }

    @Override
    public boolean awaitApplied(long position, Duration timeout) {
        CompletableFuture<Void> reached = node.timeline().waiters().await(position);
        Runnable cancel = node.environment().timer().after(timeout, () -> reached.cancel(false));
        CallerThread.call(node.environment().executor(), steps -> reached.handle((done, late) -> done));
        cancel.run();
        node.timeline().waiters().forget(reached);
        return !reached.isCancelled();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        warmers.stop();
        long deadline = node.now() + DRAIN.toNanos();
        CallerThread.call(node.environment().executor(), steps -> drain(deadline));
        invalidator.close();
        follower.close();
        CallerThread.call(
                node.environment().executor(),
                steps -> node.log().leave(id).toCompletableFuture().handle((done, failure) -> done));
        config.ports().log().close();
        config.ports().remote().close();
        config.onClose().run();
    }

    private CompletableFuture<Void> drain(long deadline) {
        if (invalidator.isDrained() || node.now() - deadline >= 0) {
            return CompletableFuture.completedFuture(null);
        }
        return node.pause(DRAIN_PAUSE).thenCompose(over -> invalidator.replay()).thenCompose(sent -> drain(deadline));
    }

    @SuppressWarnings("unchecked") // The map's key holds the value type.
    private <K, V> BlockingCache<K, V> handle(CachePolicy policy, ValueType<V> type) {
        return (BlockingCache<K, V>)
                caches.computeIfAbsent(new Handle(policy.name(), type), handle -> open(policy, handle));
    }

    private <V> BlockingCache<?, V> open(CachePolicy policy, Handle handle) {
        LocalStore store = policy.local().enabled()
                ? config.ports()
                        .local()
                        .create(policy.local(), config.environment().clock())
                : null;
        Near near = new Near(policy.name(), store, node.timeline());
        nearCaches.put(handle, near);
        CacheObserver.OfCache observer = config.figures().observer().cache(policy.name(), near::size);
        EngineConfig.Values values = config.values();
        ValueFormat format = new ValueFormat(handle.type().type(), policy.value(), values.codec(), values.cipher());
        TieredCache<V> tiered = new TieredCache<>(node, policy, near, format, observer);
        WriteThrough writes = new WriteThrough(node, policy, tiered.entries(), invalidator);
        return new BlockingCache<>(node, policy, tiered, writes, invalidator);
    }

    private void requireCipher() {
        for (CachePolicy policy : catalog.policies()) {
            if (policy.value().encrypt() && config.values().cipher() == null) {
                throw new CacheConfigurationException("Cache '" + policy.name()
                        + "' encrypts its values, but there is no key. Set r3mes.cache.encryption.key to 32 random"
                        + " bytes in Base64, or encrypt: false.");
            }
        }
    }

    /** What follows from the log for the rest of the node. */
    private final class Consequences implements LogFollower.Listener {

        private final Journal journal;
        private final Replay replay;

        Consequences(Journal journal, Replay replay) {
            this.journal = journal;
            this.replay = replay;
        }

        @Override
        public void startedOver() {
            nearCaches.values().forEach(Near::clear);
        }

        @Override
        public void applied(LogEntry entry) {
            if (!journal.brought(entry, node.now())) {
                replay.suspect();
            }
        }

        @Override
        public void answered(Head head, long sentAt, boolean broken) {
            replay.weigh(head, sentAt, broken);
            invalidator.replay();
        }
    }

    private record Handle(String cache, ValueType<?> type) {}
}
