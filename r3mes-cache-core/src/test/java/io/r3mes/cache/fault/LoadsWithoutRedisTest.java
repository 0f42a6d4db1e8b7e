package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Many threads on few keys whose Redis is killed, while the same node invalidates them. */
class LoadsWithoutRedisTest {

    private static final int READERS = 64;
    private static final Duration LOAD = Duration.ofMillis(5);
    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}").withTags("t:{id}");

    private final List<Row> rows = IntStream.range(0, 4).mapToObj(Row::new).toList();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Queue<String> stale = new ConcurrentLinkedQueue<>();
    private final AtomicLong reads = new AtomicLong();
    private volatile boolean running = true;

    /** One row of the database, and the loads of its key. */
    private static final class Row {

        final int id;
        final AtomicInteger version = new AtomicInteger();
        /** The last version whose invalidation has returned. */
        final AtomicInteger invalidated = new AtomicInteger();

        final AtomicInteger loading = new AtomicInteger();
        final AtomicInteger mostLoading = new AtomicInteger();
        final AtomicInteger loads = new AtomicInteger();

        Row(int id) {
            this.id = id;
        }

        int load() {
            loads.incrementAndGet();
            mostLoading.accumulateAndGet(loading.incrementAndGet(), Math::max);
            int read = version.get();
            LockSupport.parkNanos(LOAD.toNanos());
            loading.decrementAndGet();
            return read;
        }
    }

    @Test
    void eachKeyIsLoadedByOneCallerAtATimeAndNoOwnInvalidationIsOverlooked() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try (RedisProcess redis = RedisServers.standalone();
                TestNodes nodes = TestNodes.on(settings(redis))) {
            CacheManager node = nodes.start(POLICY);
            CountDownLatch ended = new CountDownLatch(READERS + 1);
            IntStream.range(0, READERS).forEach(i -> threads.execute(guarded(ended, () -> read(node))));
            threads.execute(guarded(ended, () -> write(node)));
            Awaitility.await().until(() -> reads.get() > 1_000);
            redis.kill();
            Awaitility.await().until(() -> node.status().fenced());
            long inFlight = reads.get();
            Awaitility.await().until(() -> reads.get() > inFlight + 2 * READERS);
            rows.forEach(row -> row.mostLoading.set(0));
            long readBefore = reads.get();
            int loadedBefore = loads();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> reads.get() > readBefore + Form.of(1_000, 50_000) && loads() > loadedBefore);
            long readsWithout = reads.get() - readBefore;
            int loadsWithout = loads() - loadedBefore;
            assertThat(rows).allSatisfy(row -> assertThat(row.mostLoading).hasValueLessThanOrEqualTo(1));
            redis.start();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> !node.status().fenced() && node.status().pending() == 0);
            running = false;
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
            Figures.record(
                    "F2",
                    "Redis killed: loads of 4 keys for reads",
                    "one at a time",
                    loadsWithout + " for " + readsWithout);
            assertThat(loadsWithout).isLessThan((int) (readsWithout / 2));
        } finally {
            running = false;
            threads.shutdown();
        }
        assertThat(failures).isEmpty();
        assertThat(stale).isEmpty();
    }

    private void read(CacheManager node) {
        Cache<Integer, Integer> cache = node.cache("c", Integer.class);
        while (running) {
            Row row = rows.get(ThreadLocalRandom.current().nextInt(rows.size()));
            int due = row.invalidated.get();
            Integer value = cache.get(row.id, (id, context) -> row.load());
            reads.incrementAndGet();
            if (value == null || value < due) {
                stale.add("row " + row.id + ": version " + value + " after the invalidation for " + due);
            }
        }
    }

    private void write(CacheManager node) {
        while (running) {
            Row row = rows.get(ThreadLocalRandom.current().nextInt(rows.size()));
            int written = row.version.incrementAndGet();
            if (written % 2 == 0) {
                node.invalidator().invalidateKey("c:" + row.id);
            } else {
                node.invalidator().invalidateByTag("t:" + row.id);
            }
            row.invalidated.set(written);
            LockSupport.parkNanos(LOAD.multipliedBy(4).toNanos());
        }
    }

    private Runnable guarded(CountDownLatch ended, Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (Throwable failure) {
                failures.add(failure);
            }
            ended.countDown();
        };
    }

    private int loads() {
        return rows.stream().mapToInt(row -> row.loads.get()).sum();
    }

    private static RedisSettings settings(RedisProcess redis) {
        return new RedisSettings(
                RedisSettings.Topology.STANDALONE,
                List.of(RedisURI.create(redis.uri())),
                Duration.ofMillis(100),
                null,
                null);
    }
}
