package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.LoadTimeouts;
import io.r3mes.cache.StalePolicy;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.runtime.R3mesCache;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** All kinds of calls go on and on while nodes come and go and connections break: nothing may accumulate. */
class SoakTest {

    private static final Duration LASTS = Form.of(Duration.ofSeconds(6), Duration.ofMinutes(30));
    private static final int ROUNDS = Form.of(10, 180);
    private static final int IDS = 200;
    private static final Duration PAUSE = Duration.ofMillis(1);
    private static final CachePolicy POLICY = CachePolicy.of("soak", "soak:{id}")
            .withTags("id:{id}", "all")
            .withExpiry(new CachePolicy.Expiry(Duration.ofMillis(300), 0.1, 0.2, 1))
            .withLocal(new CachePolicy.Local(true, IDS / 2, Duration.ofSeconds(1)))
            .withStale(new StalePolicy(Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofMillis(50)))
            .withLoad(CachePolicy.Load.DEFAULT.withTimeouts(
                    new LoadTimeouts(Duration.ofMillis(20), Duration.ofSeconds(10))));

    private final AtomicIntegerArray database = new AtomicIntegerArray(IDS);
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicLong calls = new AtomicLong();
    private volatile boolean over;

    /** What must not grow. */
    private record Held(long heap, long threads, long files, long connections) {}

    @Test
    void nothingAccumulates() throws Exception {
        try (RedisProcess redis = RedisServers.standalone();
                CacheManager first = node(redis);
                CacheManager second = node(redis);
                RedisClient admin = RedisClient.create("redis://127.0.0.1:" + redis.port())) {
            RedisCommands<String, String> commands = admin.connect().sync();
            List<Thread> threads = List.of(work(first), work(first), work(second), work(second));
            List<Held> held = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                comeAndGo(redis);
                if (round % 3 == 2) {
                    commands.clientKill(KillArgs.Builder.typeNormal().skipme());
                }
                LockSupport.parkNanos(LASTS.dividedBy(ROUNDS).toNanos());
                held.add(measure(commands));
            }
            over = true;
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(wrong).isEmpty();
            check(held);
        }
    }

    private void check(List<Held> held) {
        int part = held.size() / 3;
        List<Held> early = held.subList(part, 2 * part);
        List<Held> late = held.subList(held.size() - part, held.size());
        long heap = growth(early, late, Held::heap) >> 10;
        long threads = growth(early, late, Held::threads);
        long files = growth(early, late, Held::files);
        long connections = growth(early, late, Held::connections);
        record("calls", "", calls.get());
        record("growth of the heap after a collection, kB", "~ 0", heap);
        record("growth in threads", "0", threads);
        record("growth in open files", "0", files);
        record("growth in connections", "0", connections);
        assertThat(heap).isLessThan(8_192);
        assertThat(threads).isLessThanOrEqualTo(3);
        assertThat(files).isLessThanOrEqualTo(3);
        assertThat(connections).isLessThanOrEqualTo(1);
    }

    /** Of the medians. */
    private static long growth(List<Held> early, List<Held> late, Function<Held, Long> what) {
        return median(late, what) - median(early, what);
    }

    private static long median(List<Held> held, Function<Held, Long> what) {
        return held.stream().map(what).sorted().toList().get(held.size() / 2);
    }

    private static Held measure(RedisCommands<String, String> commands) {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Held(
                runtime.totalMemory() - runtime.freeMemory(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                system.getOpenFileDescriptorCount(),
                commands.clientList().lines().count());
    }

    private void comeAndGo(RedisProcess redis) {
        try (CacheManager passing = node(redis)) {
            Cache<Integer, Integer> cache = passing.cache("soak", Integer.class);
            for (int id = 0; id < 20; id++) {
                use(cache, passing, id);
            }
        }
    }

    private static CacheManager node(RedisProcess redis) {
        RedisSettings settings = new RedisSettings(
                RedisSettings.Topology.STANDALONE,
                List.of(RedisURI.create(redis.uri())),
                Duration.ofMillis(500),
                null,
                null);
        CacheManager node = R3mesCache.builder()
                .namespace("soak")
                .redis(settings)
                .caches(POLICY)
                .build();
        Awaitility.await().until(() -> !node.status().fenced());
        return node;
    }

    private Thread work(CacheManager node) {
        Cache<Integer, Integer> cache = node.cache("soak", Integer.class);
        Thread thread = new Thread(() -> {
            while (!over) {
                try {
                    use(cache, node, ThreadLocalRandom.current().nextInt(IDS));
                } catch (RuntimeException thrown) {
                    wrong.add(thrown.toString());
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        });
        thread.start();
        return thread;
    }

    private void use(Cache<Integer, Integer> cache, CacheManager node, int id) {
        calls.incrementAndGet();
        switch (ThreadLocalRandom.current().nextInt(11)) {
            case 0 -> write(cache, node, id);
            case 1 -> node.invalidator().invalidateByTag("id:" + id);
            case 2 -> cache.getIfPresent(id);
            case 3 -> cache.refresh(id, (wanted, context) -> load(wanted));
            case 4 ->
                cache.<RuntimeException>getAll(
                        List.of(id, (id + 1) % IDS, (id + 2) % IDS),
                        missing -> missing.stream().collect(Collectors.toMap(each -> each, this::load)));
            case 5 -> cache.async().delete(id).join();
            default -> cache.get(id, (wanted, context) -> load(wanted));
        }
    }

    /** What the same node reads after that must be as new. */
    private void write(Cache<Integer, Integer> cache, CacheManager node, int id) {
        int committed = database.incrementAndGet(id);
        if (ThreadLocalRandom.current().nextBoolean()) {
            cache.delete(id);
        } else {
            node.invalidator().invalidateByTag("id:" + id);
        }
        int read = cache.get(id, (wanted, context) -> load(wanted));
        if (read < committed) {
            wrong.add("%d where %d was committed".formatted(read, committed));
        }
    }

    /** One of a hundred is slower than the soft time-out. */
    private int load(int id) {
        int read = database.get(id);
        if (ThreadLocalRandom.current().nextInt(100) == 0) {
            LockSupport.parkNanos(Duration.ofMillis(40).toNanos());
        }
        return read;
    }

    private static void record(String what, String promised, Object measured) {
        Figures.record("F24", what, promised, measured);
    }
}
