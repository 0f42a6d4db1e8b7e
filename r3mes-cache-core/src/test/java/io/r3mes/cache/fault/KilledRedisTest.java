package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
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
import org.junit.jupiter.api.Test;

/** Redis is killed under many busy threads, each with keys of its own, and comes back. */
class KilledRedisTest {

    private static final int CALLERS = 200;
    private static final Duration LOAD = Duration.ofMillis(5);
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}")
            .withLocal(CachePolicy.Local.OFF)
            .withLoad(CachePolicy.Load.DEFAULT.withLimit(0, false));

    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean running = true;

    /** What a read cost beside its loader, in nanoseconds, and whether there was a loader to call. */
    private record Call(long startedAt, long beside, boolean loaded) {}

    @Test
    void costsFirstCallsTheDeadlineAndLaterOnesNextToNothing() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        try (RedisProcess redis = RedisServers.standalone();
                TestNodes nodes = TestNodes.on(Arena.settings(redis.uri()))) {
            CacheManager node = nodes.start(POLICY);
            CountDownLatch ended = new CountDownLatch(CALLERS);
            IntStream.range(0, CALLERS).forEach(caller -> threads.execute(() -> read(node, caller, ended)));
            keepOn(Duration.ofSeconds(1));
            int threadsBefore = libraryThreads();
            long killedAt = System.nanoTime();
            redis.kill();
            Awaitility.await()
                    .until(() -> calls.stream()
                                    .filter(call -> call.startedAt() > killedAt)
                                    .count()
                            > CALLERS);
            long settledAt = System.nanoTime();
            Invalidation pending = node.<String, String>cache("c", String.class).delete("0-0");
            assertThat(pending.isPending()).isTrue();
            keepOn(Form.of(Duration.ofSeconds(2), Duration.ofMinutes(1)));
            int threadsAway = libraryThreads();
            long returnedAt = System.nanoTime();
            redis.start();
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> isNormal(node, pending));
            Duration normal = Duration.ofNanos(System.nanoTime() - returnedAt);
            running = false;
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(failures).isEmpty();
            assertThat(threadsAway).as("threads of the library").isLessThanOrEqualTo(threadsBefore + 2);
            report(killedAt, settledAt, returnedAt);
            Figures.record("F2", "Redis killed under 200 threads: in use again after its return", "<= 6 s", normal);
        } finally {
            running = false;
            threads.shutdownNow();
        }
    }

    private boolean isNormal(CacheManager node, Invalidation pending) {
        long now = System.nanoTime();
        return !node.status().fenced()
                && !pending.isPending()
                && calls.stream().anyMatch(call -> !call.loaded() && call.startedAt() > now - PAUSE.toNanos() * 4);
    }

    private void read(CacheManager node, int caller, CountDownLatch ended) {
        Cache<String, String> cache = node.cache("c", String.class);
        try {
            for (int i = 0; running; i++) {
                List<Long> loads = new ArrayList<>(1);
                long startedAt = System.nanoTime();
                cache.get(caller + "-" + i % 2, (id, context) -> load(loads));
                long took = System.nanoTime() - startedAt;
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

    private static String load(List<Long> loads) {
        long from = System.nanoTime();
        LockSupport.parkNanos(LOAD.toNanos());
        loads.add(System.nanoTime() - from);
        return "value";
    }

    private static void keepOn(Duration duration) {
        long until = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static int libraryThreads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("r3mes-")
                        || thread.getName().startsWith("lettuce-"))
                .count();
    }

    private void report(long killedAt, long settledAt, long returnedAt) {
        record("with Redis, beside the loader", "", costs(0, killedAt));
        record("first calls, beside the loader", "<= 110 ms", costs(killedAt, settledAt));
        record("while it is away, beside the loader", "<= 1 ms", costs(settledAt, returnedAt));
    }

    private static void record(String when, String promised, long[] costs) {
        String percentile = Figures.millis(Duration.ofNanos(costs[costs.length * 99 / 100]));
        String most = Figures.millis(Duration.ofNanos(costs[costs.length - 1]));
        Figures.record(
                "F2", "200 threads, " + when + ", 99th percentile (longest)", promised, percentile + " (" + most + ")");
    }

    private long[] costs(long from, long to) {
        return calls.stream()
                .filter(call -> call.startedAt() > from && call.startedAt() <= to)
                .mapToLong(Call::beside)
                .sorted()
                .toArray();
    }
}
