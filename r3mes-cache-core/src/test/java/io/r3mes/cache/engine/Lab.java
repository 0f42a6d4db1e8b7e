package io.r3mes.cache.engine;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.caffeine.CaffeineLocalStoreFactory;
import io.r3mes.cache.codec.JacksonValueCodec;
import io.r3mes.cache.memory.MemoryAdapter;
import io.r3mes.cache.memory.MemoryPorts;
import io.r3mes.cache.metrics.RecordingMetrics;
import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.TagIndex;
import io.r3mes.cache.spi.ValueCipher;
import io.r3mes.cache.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Engines over one memory adapter, on a clock of the test, each behind an outage of its own. */
final class Lab implements AutoCloseable {

    final FakeTime time = new FakeTime();
    final MemoryAdapter adapter = new MemoryAdapter(time.environment(0));
    final RemoteStore store = adapter.remoteStore();
    private final List<CacheEngine> engines = new ArrayList<>();
    private final List<Outage> outages = new ArrayList<>();

    /** One node and what lies between it and the store. */
    record LabNode(CacheEngine engine, Outage outage, RecordingMetrics metrics, Observed observed) {

        long discontinuities() {
            return observed.discontinuities.get();
        }

        long replays() {
            return observed.replays.get();
        }
    }

    /** Counts what the metrics do not, and hands the rest on. */
    record Observed(RecordingMetrics metrics, AtomicLong discontinuities, AtomicLong replays) implements CacheObserver {

        @Override
        public OfCache cache(String name, LongSupplier localEntries) {
            return metrics.cache(name, localEntries);
        }

        @Override
        public void unavailable(String operation, Throwable cause) {
            metrics.unavailable(operation, cause);
        }

        @Override
        public void invalidated(Event event) {
            metrics.invalidated(event);
        }

        @Override
        public void fenced(boolean fenced) {
            metrics.fenced(fenced);
        }

        @Override
        public void discontinuity(String reason) {
            discontinuities.incrementAndGet();
            metrics.discontinuity(reason);
        }

        @Override
        public void replayed(int invalidations, Duration took) {
            replays.incrementAndGet();
            metrics.replayed(invalidations, took);
        }
    }

    /** What a node may have that others have not. */
    record Parts(EngineConfig.Coherence coherence, @Nullable ValueCipher cipher, Executor executor) {

        static final Parts USUAL = new Parts(EngineConfig.Coherence.DEFAULT, null, Runnable::run);
    }

    LabNode node(CachePolicy... policies) {
        return node(Parts.USUAL, policies);
    }

    LabNode node(Parts parts, CachePolicy... policies) {
        return node(new Outage(), parts, policies);
    }

    LabNode node(Outage outage, Parts parts, CachePolicy... policies) {
        Environment environment = time.environment(engines.size() + 1, parts.executor());
        List<CachePolicy> all = List.of(policies);
        RecordingMetrics metrics = new RecordingMetrics(
                all.stream().map(CachePolicy::name).toList(), environment.clock(), environment.random()::nextInt);
        Observed observed = new Observed(metrics, new AtomicLong(), new AtomicLong());
        CacheEngine engine = new CacheEngine(new EngineConfig(
                all,
                new EngineConfig.Ports(
                        outage.between(RemoteStore.class, store),
                        domain -> new EngineConfig.DomainPorts(
                                outage.between(InvalidationLog.class, adapter.invalidationLog(domain)),
                                outage.between(TagIndex.class, adapter.tagIndex(domain))),
                        new CaffeineLocalStoreFactory(Runnable::run)),
                new EngineConfig.Values(new JacksonValueCodec(), parts.cipher()),
                environment,
                new EngineConfig.Figures(observed, metrics),
                parts.coherence(),
                () -> {}));
        engines.add(engine);
        outages.add(outage);
        return new LabNode(engine, outage, metrics, observed);
    }

    void loseMetadata() {
        new MemoryPorts(adapter).loseMetadata();
    }

    void loseNodes() {
        new MemoryPorts(adapter).loseNodes();
    }

    /** Other servers answer from now on. */
    void changeServers() {
        new MemoryPorts(adapter).changeServers();
    }

    /** The stored bytes of a key, or null. */
    byte @Nullable [] bytes(String key) {
        return Await.result(store.get(key));
    }

    /** Puts bytes where the library puts its own. */
    void put(String key, byte[] bytes) {
        Lease lease = new Lease(key, "the test's", Duration.ofSeconds(1));
        Await.result(store.takeOver(lease));
        Await.result(store.store(lease, bytes, Duration.ofHours(1)));
    }

    /** Holds the lease of a key as another node would. */
    boolean hold(String key, Duration duration) {
        return Await.result(store.acquire(new Lease(key, "another node's", duration)))
                .acquired();
    }

    @Override
    public void close() {
        outages.forEach(Outage::end);
        engines.forEach(engine -> time.advanceUntil(Work.start(() -> {
            engine.close();
            return true;
        })));
    }
}
