package io.r3mes.cache.fault;

import static io.r3mes.cache.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.caffeine.CaffeineLocalStoreFactory;
import io.r3mes.cache.codec.JacksonValueCodec;
import io.r3mes.cache.engine.CacheEngine;
import io.r3mes.cache.engine.EngineConfig;
import io.r3mes.cache.metrics.RecordingMetrics;
import io.r3mes.cache.redis.RedisAdapter;
import io.r3mes.cache.redis.RedisNamespace;
import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.InvalidationLog.Append;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * F15: nodes whose clocks are hours apart, and a Redis host whose clock steps. Positions go on from the highest one handed
 * out, so one that is an hour ahead stands for a host whose clock was set back by an hour.
 */
class ClockTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Arena arena = Arena.open();
    private final Workload workload = arena.workload;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final ExecutorService executor = Executors.newFixedThreadPool(4);

    @AfterEach
    void close() {
        arena.close();
        timer.shutdownNow();
        executor.shutdownNow();
    }

    @Test
    void knowsNoClockOfANode() {
        arena.near();
        join(() -> System.nanoTime() + HOUR.toNanos());
        join(() -> System.nanoTime() - HOUR.toNanos());
        arena.run();
        workload.keepOn(Form.of(Duration.ofSeconds(1), Duration.ofSeconds(20)));
        workload.assertLoadsOnce();
        workload.assertPromises();
        record("clocks of nodes 2 h apart: largest staleness of the near cache", workload.history.largestStaleness());
    }

    @Test
    void goesOnWhenTheClockOfRedisIsSetBack() {
        arena.near();
        arena.near();
        arena.run();
        try (RedisAdapter adapter =
                RedisAdapter.create(Arena.settings(arena.redis.uri()), RedisNamespace.of(Arena.NAMESPACE))) {
            result(adapter.connect());
            long now = result(adapter.invalidationLog().head(0)).serverMicros();
            long ahead = now + TimeUnit.MICROSECONDS.convert(HOUR);
            result(adapter.invalidationLog().append(Append.of(new Event.Marker(), ahead)));
            workload.keepOn(Form.of(Duration.ofSeconds(1), Duration.ofSeconds(20)));
            assertThat(result(adapter.invalidationLog().head(0)).position()).isGreaterThan(ahead + 1);
        }
        workload.assertLoadsOnce();
        workload.assertPromises();
        record(
                "clock of Redis set back by 1 h: largest staleness of the near cache",
                workload.history.largestStaleness());
    }

    private void join(LongSupplier clock) {
        ReadSource source = new ReadSource();
        RedisAdapter adapter =
                RedisAdapter.create(Arena.settings(arena.redis.uri()), RedisNamespace.of(Arena.NAMESPACE));
        Environment environment = new Environment(
                clock, this::after, executor, () -> ThreadLocalRandom.current().nextLong());
        CacheEngine node = new CacheEngine(new EngineConfig(
                List.of(Workload.POLICY),
                new EngineConfig.Ports(
                        adapter.remoteStore(),
                        domain ->
                                new EngineConfig.DomainPorts(adapter.invalidationLog(domain), adapter.tagIndex(domain)),
                        new CaffeineLocalStoreFactory(Runnable::run)),
                new EngineConfig.Values(new JacksonValueCodec(), null),
                environment,
                new EngineConfig.Figures(source, new RecordingMetrics(List.of(Workload.POLICY.name()), clock, () -> 0)),
                EngineConfig.Coherence.DEFAULT,
                adapter::close));
        workload.join(node, source);
        workload.settle();
    }

    private Runnable after(Duration delay, Runnable task) {
        Future<?> scheduled = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    private static void record(String what, Object measured) {
        Figures.record("F15", what, "<= 500 ms", measured);
    }
}
