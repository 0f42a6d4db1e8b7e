package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.StalePolicy;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** The database fails for a while under traffic on two nodes: callers see the last value, the database sees few of them. */
class FailingLoaderTest {

    private static final Duration TTL = Duration.ofMillis(200);
    private static final Duration RETRY = Form.of(Duration.ofMillis(300), Duration.ofSeconds(5));
    private static final Duration FAILING = Form.of(Duration.ofSeconds(3), Duration.ofMinutes(1));
    private static final Duration LOADING = Duration.ofMillis(20);

    private final Source source = new Source();
    private final Queue<Seen> reads = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean over = new AtomicBoolean();

    /** One read: when it started and ended, what it brought, and whether it called the loader. */
    private record Seen(long startedAt, long endedAt, int value, boolean loaded) {}

    @Test
    void callersSeeTheLastValueAndTheDatabaseFewCallers() throws Exception {
        CachePolicy policy = CachePolicy.of("c", "c:{id}")
                .withExpiry(new CachePolicy.Expiry(TTL, 0, 0))
                .withStale(new StalePolicy(Duration.ZERO, Duration.ofHours(1), RETRY));
        ExecutorService threads = Executors.newCachedThreadPool();
        try (RedisProcess redis = RedisServers.standalone();
                TestNodes nodes = TestNodes.on(redis)) {
            List<Future<?>> readers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Cache<String, Integer> cache = nodes.start(policy).cache("c", Integer.class);
                for (int j = 0; j < 4; j++) {
                    readers.add(threads.submit(() -> read(cache)));
                }
            }
            TimeUnit.NANOSECONDS.sleep(TTL.toNanos());
            source.fails = true;
            long brokenAt = System.nanoTime();
            TimeUnit.NANOSECONDS.sleep(FAILING.toNanos());
            source.version = 2;
            source.fails = false;
            long repairedAt = System.nanoTime();
            awaitSecondVersion();
            TimeUnit.NANOSECONDS.sleep(TTL.toNanos());
            over.set(true);
            for (Future<?> reader : readers) {
                reader.get(30, TimeUnit.SECONDS);
            }
            check(brokenAt, repairedAt);
        } finally {
            threads.shutdownNow();
        }
    }

    private void check(long brokenAt, long repairedAt) {
        long failed = source.failures.size();
        long allowed = 1 + Duration.ofNanos(repairedAt - brokenAt).dividedBy(RETRY);
        long successAt = reads.stream()
                .filter(read -> read.value == 2 && read.loaded)
                .mapToLong(Seen::endedAt)
                .min()
                .orElseThrow();
        record(
                "reads while it failed, all with the last value",
                "all",
                during(brokenAt, repairedAt).size());
        record("calls of the loader while it failed, both nodes", "<= " + allowed, failed);
        record("first success after the repair", "<= retry-after", Duration.ofNanos(successAt - repairedAt));
        assertThat(during(brokenAt, repairedAt)).hasSizeGreaterThan(100).allMatch(read -> read.value == 1);
        assertThat(failed).isBetween(allowed / 3, allowed);
        assertThat(reads.stream().filter(read -> read.startedAt > successAt))
                .as("reads that started after the first success")
                .isNotEmpty()
                .allMatch(read -> read.value == 2);
    }

    private List<Seen> during(long from, long until) {
        return reads.stream()
                .filter(read -> read.startedAt > from && read.endedAt < until)
                .toList();
    }

    /** Whatever a read throws ends its thread and fails the test. */
    private void read(Cache<String, Integer> cache) {
        while (!over.get()) {
            long startedAt = System.nanoTime();
            AtomicBoolean loaded = new AtomicBoolean();
            int value = cache.get("k", (id, context) -> {
                loaded.set(true);
                return source.load();
            });
            reads.add(new Seen(startedAt, System.nanoTime(), value, loaded.get()));
            LockSupport.parkNanos(2_000_000);
        }
    }

    private void awaitSecondVersion() throws InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (reads.stream().noneMatch(read -> read.value == 2 && read.loaded)) {
            assertThat(System.nanoTime()).as("nobody loads").isLessThan(giveUp);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static void record(String what, String promised, Object measured) {
        Figures.record("-", "failing loader: " + what, promised, measured);
    }

    /** The database. */
    private static final class Source {

        private final Queue<Long> failures = new ConcurrentLinkedQueue<>();
        private volatile int version = 1;
        private volatile boolean fails;

        int load() {
            boolean failing = fails;
            int loaded = version;
            LockSupport.parkNanos(LOADING.toNanos());
            if (failing) {
                failures.add(System.nanoTime());
                throw new IllegalStateException("The database is away");
            }
            return loaded;
        }
    }
}
