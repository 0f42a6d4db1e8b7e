package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.sync.RedisCommands;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Many reads of random ids that nothing has, each with a tag of its own, beside a few hot keys. */
class MissFloodTest {

    private static final int THREADS = 32;
    private static final int RATE = Form.of(2_000, 10_000);
    private static final int HOT = 100;
    private static final int MOST_LOADERS = 8;
    private static final int MOST_NULLS = 200;
    private static final Duration LOAD = Duration.ofMillis(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}")
            .withTags("t:{id}")
            .withLocal(new CachePolicy.Local(true, 10 * HOT, Duration.ofHours(1)))
            .withLoad(CachePolicy.Load.DEFAULT.withLimit(MOST_LOADERS, false))
            .withValue(new CachePolicy.Value(true, false, 1 << 20, Duration.ofSeconds(30), MOST_NULLS));

    private final AtomicLong hotReads = new AtomicLong();
    private final AtomicLong floodReads = new AtomicLong();
    private final AtomicInteger loading = new AtomicInteger();
    private final AtomicInteger mostLoading = new AtomicInteger();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean running = true;

    /** What the flood left behind at one moment, or at most. */
    private record Remains(long near, long nulls, long leases, long ofTags) {

        static final Remains NONE = new Remains(0, 0, 0, 0);

        Remains most(Remains other) {
            return new Remains(
                    Math.max(near, other.near),
                    Math.max(nulls, other.nulls),
                    Math.max(leases, other.leases),
                    Math.max(ofTags, other.ofTags));
        }
    }

    @Test
    void randomKeysReachTheDatabaseOneByOneAndPushOutNothing() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
        try (RedisProcess redis = RedisServers.standalone();
                TestNodes nodes = TestNodes.on(redis)) {
            CacheManager node = nodes.start(builder -> builder.caches(POLICY).maxStaleness(PATIENCE));
            CountDownLatch ended = new CountDownLatch(THREADS + 1);
            threads.execute(guarded(ended, () -> readHot(node)));
            double before = nearHitsOfHot(node, () -> Awaitility.await().until(() -> hotReads.get() > 10 * HOT));
            for (int i = 0; i < THREADS; i++) {
                threads.execute(guarded(ended, () -> flood(node)));
            }
            Remains[] most = {Remains.NONE};
            long from = System.nanoTime();
            double during =
                    nearHitsOfHot(node, () -> most[0] = RedisServers.command(redis, commands -> watch(node, commands)));
            double seconds = (System.nanoTime() - from) / 1e9;
            long reads = floodReads.get();
            running = false;
            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
            report(most[0], Math.round(reads / seconds));
            Figures.record(
                    "F27",
                    "near-cache hits per read of a hot key: before, during",
                    "-<= 5 %",
                    Math.round(before * 1000) / 10.0 + " %, " + Math.round(during * 1000) / 10.0 + " %");
            assertThat(during).isGreaterThanOrEqualTo(before - 0.05);
            assertThat(reads).isGreaterThan(MOST_NULLS);
            assertBounded(most[0]);
        } finally {
            running = false;
            threads.shutdownNow();
        }
        assertThat(failures).isEmpty();
    }

    private void report(Remains most, long perSecond) {
        Figures.record(
                "F27",
                "random ids read per second; loaders at once",
                "<= " + MOST_LOADERS,
                perSecond + "; " + mostLoading);
        Figures.record(
                "F27",
                "entries near with " + HOT + " hot keys; nulls in Redis",
                "<= " + MOST_NULLS + " nulls",
                most.near() + "; " + most.nulls());
        Figures.record(
                "F27",
                "leases of random ids in Redis; metadata of their tags",
                "<= " + THREADS + "; 0",
                most.leases() + "; " + most.ofTags());
    }

    private void assertBounded(Remains most) {
        assertThat(mostLoading).as("loaders at once").hasValueLessThanOrEqualTo(MOST_LOADERS);
        assertThat(most.near()).as("entries near").isLessThanOrEqualTo(HOT + MOST_NULLS + THREADS);
        assertThat(most.nulls()).as("nulls in Redis").isPositive().isLessThanOrEqualTo(MOST_NULLS);
        assertThat(most.leases()).as("leases").isLessThanOrEqualTo(THREADS);
        assertThat(most.ofTags()).as("keys about the random tags").isZero();
    }

    /** The share of reads of hot keys that the near cache answered while an action went on. Random ids are never hits. */
    private double nearHitsOfHot(CacheManager node, Runnable action) {
        long hits = node.metrics().stats("c").reads().localHits();
        long reads = hotReads.get();
        action.run();
        long hitsMore = node.metrics().stats("c").reads().localHits() - hits;
        return (double) hitsMore / (hotReads.get() - reads);
    }

    private static Remains watch(CacheManager node, RedisCommands<String, String> redis) {
        Remains most = Remains.NONE;
        long until = System.nanoTime()
                + Form.of(Duration.ofSeconds(2), Duration.ofMinutes(1)).toNanos();
        while (System.nanoTime() < until) {
            List<String> names = redis.keys("*none-*");
            long leases = names.stream().filter(name -> name.endsWith(":lease")).count();
            long values = names.stream().filter(name -> !name.startsWith("{")).count();
            most = most.most(new Remains(
                    node.metrics().stats("c").localEntries(), values, leases, names.size() - leases - values));
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
        return most;
    }

    private void readHot(CacheManager node) {
        Cache<String, String> cache = node.cache("c", String.class);
        for (int i = 0; i < HOT; i++) {
            cache.get("hot-" + i, (id, context) -> id);
        }
        for (int i = 0; running; i = (i + 1) % HOT) {
            assertThat(cache.get("hot-" + i, (id, context) -> id)).isEqualTo("hot-" + i);
            hotReads.incrementAndGet();
            LockSupport.parkNanos(100_000);
        }
    }

    private void flood(CacheManager node) {
        Cache<String, String> cache = node.cache("c", String.class);
        long pause = Duration.ofSeconds(1).toNanos() * THREADS / RATE;
        for (long next = System.nanoTime(); running; next = Math.max(next + pause, System.nanoTime() - pause)) {
            String id = "none-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
            assertThat(cache.get(id, (wanted, context) -> load())).isNull();
            floodReads.incrementAndGet();
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    private String load() {
        mostLoading.accumulateAndGet(loading.incrementAndGet(), Math::max);
        LockSupport.parkNanos(LOAD.toNanos());
        loading.decrementAndGet();
        return null;
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
}
