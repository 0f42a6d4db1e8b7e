package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.redis.RedisSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** Threads of one node that keep reading keys of their own from Redis, and what each read costs beside its loader. */
final class Callers implements AutoCloseable {

    /** What keeps nothing near, so that every read asks Redis. */
    static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}")
            .withLocal(CachePolicy.Local.OFF)
            .withLoad(CachePolicy.Load.DEFAULT.withLimit(0, false));

    static final Duration DEADLINE = Duration.ofMillis(100);

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration LOAD = Duration.ofMillis(5);

    private final int number;
    private final ExecutorService threads;
    private final CountDownLatch ended;
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean running = true;

    private Callers(int number) {
        this.number = number;
        this.threads = Executors.newFixedThreadPool(number);
        this.ended = new CountDownLatch(number);
    }

    /** What a read cost beside its loader, in nanoseconds, and whether there was a loader to call. */
    private record Call(long startedAt, long beside, boolean loaded) {}

    /** Of a node that waits for Redis as long as it does by default. */
    static RedisSettings settings(String uri) {
        return new RedisSettings(
                RedisSettings.Topology.STANDALONE, List.of(RedisURI.create(uri)), DEADLINE, null, null);
    }

    static Callers start(CacheManager node, int number) {
        Callers callers = new Callers(number);
        IntStream.range(0, number).forEach(caller -> callers.threads.execute(() -> callers.read(node, caller)));
        return callers;
    }

    static void keepOn(Duration duration) {
        long until = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /**
     * Waits until as many reads as there are callers have begun and ended since then.
     *
     * @return the time
     */
    long awaitRoundSince(long then) {
        Awaitility.await()
                .until(() ->
                        calls.stream().filter(call -> call.startedAt() > then).count() > number);
        return System.nanoTime();
    }

    /** Whether one of the last reads was answered without its loader. */
    boolean hits() {
        long since = System.nanoTime() - PAUSE.toNanos() * 4;
        return calls.stream().anyMatch(call -> !call.loaded() && call.startedAt() > since);
    }

    /** Ends the reads, none of which may have thrown. */
    void end() throws InterruptedException {
        running = false;
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(failures).isEmpty();
    }

    /** Of reads that began in between, in ascending order. */
    long[] costs(long from, long to) {
        return calls.stream()
                .filter(call -> call.startedAt() > from && call.startedAt() <= to)
                .mapToLong(Call::beside)
                .sorted()
                .toArray();
    }

    static Duration percentile(long[] costs, int percent) {
        return Duration.ofNanos(costs[costs.length * percent / 100]);
    }

    /** The 99th percentile and the longest. */
    static String worst(long[] costs) {
        return Figures.millis(percentile(costs, 99)) + " (" + Figures.millis(Duration.ofNanos(costs[costs.length - 1]))
                + ")";
    }

    @Override
    public void close() {
        running = false;
        threads.shutdownNow();
    }

    private void read(CacheManager node, int caller) {
        Cache<String, String> cache = node.cache("c", String.class);
        try {
            for (int i = 0; running; i++) {
                List<Long> loads = new ArrayList<>(1);
                long startedAt = System.nanoTime();
                String value = cache.get(caller + "-" + i % 2, (id, context) -> load(id, loads));
                long took = System.nanoTime() - startedAt;
                assertThat(value).isEqualTo(caller + "-" + i % 2);
                calls.add(new Call(
                        startedAt,
                        took - loads.stream().mapToLong(Long::longValue).sum(),
                        !loads.isEmpty()));
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        } catch (Throwable failure) {
            failures.add(failure);
        } finally {
            ended.countDown();
        }
    }

    private static String load(String id, List<Long> loads) {
        long from = System.nanoTime();
        LockSupport.parkNanos(LOAD.toNanos());
        loads.add(System.nanoTime() - from);
        return id;
    }
}
