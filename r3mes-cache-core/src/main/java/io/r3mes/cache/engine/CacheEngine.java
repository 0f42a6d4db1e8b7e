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
import io.r3mes.cache.spi.LocalStore;
import io.r3mes.cache.spi.ValueCodec;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One node's cache manager over its ports. Thread-safe. */
public final class CacheEngine implements CacheManager {

    private static final Duration DRAIN = Duration.ofSeconds(5);

    private final EngineConfig config;
    private final Catalog catalog;
    private final Map<String, Domain> domains = new LinkedHashMap<>();
    /** Of any domain: what all of them share. */
    private final Node node;

    private final Invalidations invalidations;
    private final Warmers warmers;
    private final Map<Handle, BlockingCache<?, ?>> caches = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Starts following the logs; never waits for them.
     *
     * @throws CacheConfigurationException if the policies contradict each other or the ports
     */
    public CacheEngine(EngineConfig config) {
        this.config = config;
        this.catalog = new Catalog(config.policies());
        requireCipher();
        AtomicLong uncached = new AtomicLong();
        LoadingThreads loading = new LoadingThreads();
        String id = Node.token(config.environment());
        for (String name : catalog.domains()) {
            domains.put(name, new Domain(node(name, uncached, loading), catalog.of(name), config.coherence(), id));
        }
        this.node = domains.values().iterator().next().node();
        this.invalidations = new Invalidations(catalog, domains, node);
        this.warmers = new Warmers(node);
        domains.values().forEach(Domain::start);
    }

    private Node node(String domain, AtomicLong uncached, LoadingThreads loading) {
        EngineConfig.DomainPorts ports = config.ports().domains().apply(domain);
        EngineConfig.Coherence coherence = config.coherence();
        Timeline timeline = new Timeline(
                coherence.maxRecords(),
                coherence.maxStaleness(),
                config.environment().nanoTime());
        return new Node(
                config.ports().remote(),
                ports.log(),
                ports.tagIndex(),
                config.environment(),
                config.figures().observer(),
                timeline,
                new ServerClock(),
                uncached,
                loading);
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
        return invalidations;
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
        Collection<Domain> all = domains.values();
        return new CoherenceStatus(
                all.stream().allMatch(Domain::isConnected),
                all.stream().anyMatch(domain -> domain.node().timeline().isFenced(node.now())),
                all.stream()
                        .mapToLong(domain -> domain.node().timeline().head())
                        .max()
                        .orElse(0),
                all.stream().mapToInt(domain -> domain.invalidator().pending()).sum(),
                node.remote().openCircuits());
    }

    @Override
    public boolean awaitApplied(long position, Duration timeout) {
        long deadline = node.now() + timeout.toNanos();
        for (Domain domain : domains.values()) {
            if (!awaitApplied(domain, position, Duration.ofNanos(Math.max(0, deadline - node.now())))) {
                return false;
            }
        }
        return true;
    }

    private boolean awaitApplied(Domain domain, long position, Duration timeout) {
        PositionWaiters waiters = domain.node().timeline().waiters();
        CompletableFuture<Void> reached = waiters.await(position);
        Runnable cancel = node.environment().timer().after(timeout, () -> reached.cancel(false));
        CallerThread.call(node.environment().executor(), steps -> reached.handle((done, late) -> done));
        cancel.run();
        waiters.forget(reached);
        return !reached.isCancelled();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        warmers.stop();
        long deadline = node.now() + DRAIN.toNanos();
        forAll(domain -> domain.drain(deadline));
        forAll(Domain::leave);
        domains.values().forEach(domain -> domain.node().log().close());
        config.ports().remote().close();
        config.onClose().run();
    }

    /** Ends whatever a step waits for, so that no manager is kept from closing. */
    private void forAll(Function<Domain, CompletableFuture<?>> step) {
        CompletableFuture<?>[] steps = domains.values().stream().map(step).toArray(CompletableFuture[]::new);
        CompletableFuture<Void> all = CompletableFuture.allOf(steps);
        Runnable cancel = node.environment().timer().after(DRAIN, () -> all.complete(null));
        CallerThread.call(node.environment().executor(), executor -> all);
        cancel.run();
    }

    @SuppressWarnings("unchecked") // The map's key holds the value type.
    private <K, V> BlockingCache<K, V> handle(CachePolicy policy, ValueType<V> type) {
        return (BlockingCache<K, V>)
                caches.computeIfAbsent(new Handle(policy.name(), type), handle -> open(policy, handle));
    }

    private <V> BlockingCache<?, V> open(CachePolicy policy, Handle handle) {
        LocalStore store = policy.local().enabled() ? config.ports().local().create(policy.local()) : null;
        Domain domain = Objects.requireNonNull(domains.get(policy.domain()));
        Node node = domain.node();
        Near near = new Near(policy.name(), store, store == null ? null : nulls(policy), node.timeline());
        domain.cover(near);
        CacheObserver.OfCache observer = config.figures().observer().cache(policy.name(), near::size);
        EngineConfig.Values values = config.values();
        ValueCodec codec = policy.value().strictSchema() ? values.codec().strict() : values.codec();
        ValueFormat format = new ValueFormat(handle.type().type(), policy.value(), codec, values.cipher());
        TieredCache<V> tiered = new TieredCache<>(node, policy, near, format, observer);
        WriteThrough writes = new WriteThrough(node, policy, tiered.entries(), domain.invalidator());
        return new BlockingCache<>(node, policy, tiered, writes, domain.invalidator());
    }

    private @Nullable LocalStore nulls(CachePolicy policy) {
        CachePolicy.Value value = policy.value();
        return value.cacheNulls()
                ? config.ports()
                        .local()
                        .create(new CachePolicy.Local(
                                true, value.maxNullEntries(), policy.local().ttl()))
                : null;
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

    private record Handle(String cache, ValueType<?> type) {}
}
