package io.r3mes.cache.engine;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.caffeine.CaffeineLocalStoreFactory;
import io.r3mes.cache.codec.JacksonValueCodec;
import io.r3mes.cache.memory.MemoryAdapter;
import io.r3mes.cache.metrics.RecordingMetrics;
import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.RemoteStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Engines over one shared memory adapter, whose ports a test may intercept. */
final class EngineFixture implements AutoCloseable {

    static final String CACHE = "versions";

    final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    final ExecutorService threads = Executors.newCachedThreadPool();
    final MemoryAdapter shared = new MemoryAdapter(environment(threads));
    private final List<CacheEngine> engines = new ArrayList<>();

    /** What a test does with a call of a port. */
    interface Interception {
        /** Returns the stage to give the engine, or null to let the call through. */
        Object call(String method, Object[] arguments) throws Exception;
    }

    CacheEngine start(CachePolicy policy, Interception onStore, Interception onLog, Executor executor) {
        return start(policy, onStore, onLog, executor, EngineConfig.Coherence.DEFAULT);
    }

    CacheEngine start(
            CachePolicy policy,
            Interception onStore,
            Interception onLog,
            Executor executor,
            EngineConfig.Coherence coherence) {
        Environment environment = environment(executor);
        RecordingMetrics metrics =
                new RecordingMetrics(List.of(CACHE), environment.clock(), environment.random()::nextInt);
        CacheEngine engine = new CacheEngine(new EngineConfig(
                List.of(policy),
                new EngineConfig.Ports(
                        intercepted(RemoteStore.class, shared.remoteStore(), onStore),
                        domain -> new EngineConfig.DomainPorts(
                                intercepted(InvalidationLog.class, shared.invalidationLog(domain), onLog),
                                shared.tagIndex(domain)),
                        new CaffeineLocalStoreFactory(Runnable::run)),
                new EngineConfig.Values(new JacksonValueCodec(), null),
                environment,
                new EngineConfig.Figures(metrics, metrics),
                coherence,
                () -> {}));
        engines.add(engine);
        return engine;
    }

    CacheEngine start(CachePolicy policy) {
        return start(policy, letThrough(), letThrough(), threads);
    }

    static Cache<String, Long> cache(CacheEngine engine) {
        return engine.cache(CACHE, Long.class);
    }

    static CachePolicy policy() {
        return CachePolicy.of(CACHE, "version:{id}").withTags("id:{id}");
    }

    static CachePolicy waiting(Duration maxWait) {
        return policy().withLoad(new CachePolicy.Load(Duration.ofSeconds(3), Duration.ofSeconds(60), maxWait));
    }

    static Interception letThrough() {
        return (method, arguments) -> null;
    }

    static CompletableFuture<Object> failed() {
        return CompletableFuture.failedFuture(new IllegalStateException("away"));
    }

    private Environment environment(Executor executor) {
        return new Environment(
                System::nanoTime,
                this::after,
                executor,
                () -> ThreadLocalRandom.current().nextLong());
    }

    private Runnable after(Duration delay, Runnable task) {
        ScheduledFuture<?> scheduled = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    private static <T> T intercepted(Class<T> port, T real, Interception interception) {
        return port.cast(Proxy.newProxyInstance(
                EngineFixture.class.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                    boolean operation = CompletionStage.class.isAssignableFrom(method.getReturnType());
                    Object given = interception.call(method.getName(), arguments);
                    if (given != null && operation) {
                        return given;
                    }
                    try {
                        method.setAccessible(true);
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                }));
    }

    @Override
    public void close() {
        engines.forEach(CacheEngine::close);
        timer.shutdownNow();
        threads.shutdownNow();
    }
}
