package io.r3mes.cache.fault;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.runtime.R3mesCache;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Many threads of one node that ask for one missing key at once. */
final class Crowd implements AutoCloseable {

    static final int THREADS = 200;
    static final Duration LOAD = Duration.ofMillis(100);

    /** Outlasts a busy machine: a read that Redis does not answer in time loads for itself. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long POLL_NANOS = 1_000_000;
    private static final CachePolicy POLICY = CachePolicy.of("crowd", "crowd:{id}")
            .withLoad(new CachePolicy.Load(PATIENCE, PATIENCE.multipliedBy(6), PATIENCE.multipliedBy(6)));

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final CacheManager node;
    private final Cache<String, String> cache;

    Crowd(String uri, String namespace) {
        node = R3mesCache.builder()
                .namespace(namespace)
                .redis(new RedisSettings(
                        RedisSettings.Topology.STANDALONE, List.of(RedisURI.create(uri)), PATIENCE, null, null))
                .maxStaleness(PATIENCE)
                .caches(POLICY)
                .build();
        cache = node.cache(POLICY.name(), String.class);
    }

    /** What came of one key: how often it was loaded here, and how long each thread waited for it, in nanoseconds. */
    record Outcome(int loads, long[] waits) {

        @Override
        public String toString() {
            return loads + ":" + Arrays.stream(waits).mapToObj(Long::toString).collect(Collectors.joining(","));
        }

        static Outcome parse(String text) {
            String[] parts = text.split(":", 2);
            return new Outcome(
                    Integer.parseInt(parts[0]),
                    Arrays.stream(parts[1].split(",", -1))
                            .mapToLong(Long::parseLong)
                            .toArray());
        }

        Outcome plus(Outcome other) {
            return new Outcome(
                    loads + other.loads,
                    LongStream.concat(Arrays.stream(waits), Arrays.stream(other.waits))
                            .toArray());
        }
    }

    void awaitTrust() {
        while (node.status().fenced()) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Lets all threads ask at once, and waits for their answers. */
    Outcome ask(String id) throws InterruptedException {
        AtomicInteger loads = new AtomicInteger();
        CountDownLatch ready = new CountDownLatch(THREADS);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(THREADS);
        long[] waits = new long[THREADS];
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            threads.execute(() -> {
                ready.countDown();
                awaitQuietly(go);
                long from = System.nanoTime();
                cache.get(id, (key, context) -> load(loads));
                waits[number] = System.nanoTime() - from;
                done.countDown();
            });
        }
        ready.await();
        go.countDown();
        done.await();
        return new Outcome(loads.get(), waits);
    }

    private static String load(AtomicInteger loads) {
        loads.incrementAndGet();
        long until = System.nanoTime() + LOAD.toNanos();
        for (long left = LOAD.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return "value";
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        node.close();
    }
}
