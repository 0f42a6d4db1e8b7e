package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.sync.RedisCommands;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.Lookup;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redis that refuses writes: it is full and may not evict, or it cannot write its snapshot. */
class OutOfMemoryTest {

    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}").withTags("t:{id}");
    private static final CachePolicy PLAIN = CachePolicy.of("p", "p:{id}");
    private static final Duration WHILE = Form.of(Duration.ofMillis(1_200), Duration.ofSeconds(30));
    private static final Duration AGREED = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(1);
    private static final int PIECE = 64 * 1024;

    private final Database database = new Database();

    /** The rows and how often each was loaded. */
    private static final class Database {

        private final Map<String, Integer> rows = new ConcurrentHashMap<>();
        private final AtomicInteger loads = new AtomicInteger();

        void write(String id) {
            rows.merge(id, 1, Integer::sum);
        }

        Integer load(String id) {
            loads.incrementAndGet();
            return rows.getOrDefault(id, 0);
        }
    }

    @Test
    void readsGoOnAndInvalidationsReachAllNodesWhileMemoryIsFull() {
        try (RedisProcess redis = RedisServers.standalone("--maxmemory-policy", "noeviction");
                TestNodes nodes = TestNodes.on(Arena.settings(redis.uri()))) {
            CacheManager a = nodes.start(POLICY, PLAIN);
            CacheManager b = nodes.start(POLICY, PLAIN);
            read(a, "near");
            read(b, "near");
            read(a, "p", "far");
            fill(redis);
            nearCacheGoesOn(a, b);
            invalidationsArrive(a, b);
            farHitsGoOn(nodes.start(POLICY, PLAIN));
            fillsAreSkipped(a);
            assertThat(a.status().pending() + b.status().pending()).isZero();
            assertThat(refusesWrites(redis)).isTrue();
            empty(redis);
            fillsGoOn(a, b);
        }
    }

    @Test
    void honoursInvalidationsOnTheirNodeWhileTheSnapshotFailsAndSendsThemAfterwards(@TempDir Path directory)
            throws IOException {
        String[] settings = {
            "--dir", directory.toString(), "--save", "3600 100000", "--stop-writes-on-bgsave-error", "yes"
        };
        try (RedisProcess redis = RedisServers.standalone(settings);
                TestNodes nodes = TestNodes.on(Arena.settings(redis.uri()))) {
            CacheManager a = nodes.start(POLICY, PLAIN);
            CacheManager b = nodes.start(POLICY, PLAIN);
            read(a, "row");
            read(b, "row");
            Path inTheWay = Files.createDirectory(directory.resolve("dump.rdb"));
            snapshot(redis, "err");
            database.write("row");
            Invalidation invalidation = a.delete("c:row");
            assertThat(invalidation.isPending()).isTrue();
            assertThat(read(a, "row")).isEqualTo(1);
            assertThat(read(b, "row")).isBetween(0, 1);
            Awaitility.await().until(() -> b.status().fenced());
            assertThat(read(b, "other")).isZero();
            assertThat(a.<String, Integer>cache("c", Integer.class)
                            .set("set", 1)
                            .isPending())
                    .isTrue();
            Files.delete(inTheWay);
            snapshot(redis, "ok");
            Awaitility.await()
                    .atMost(AGREED)
                    .until(() -> !invalidation.isPending() && a.status().pending() == 0);
            Awaitility.await().atMost(AGREED).until(() -> !b.status().fenced());
            assertThat(invalidation.awaitEverywhere(AGREED)).isTrue();
            assertThat(read(b, "row")).isEqualTo(1);
            fillsGoOn(a, b);
        }
    }

    private void nearCacheGoesOn(CacheManager... nodes) {
        long nearBefore = nodes[0].metrics().stats("c").reads().localHits();
        int before = database.loads.get();
        int reads = 0;
        for (long until = System.nanoTime() + WHILE.toNanos(); System.nanoTime() < until; reads++) {
            for (CacheManager node : nodes) {
                assertThat(read(node, "near")).isZero();
                assertThat(node.status().fenced()).isFalse();
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        assertThat(database.loads).as("every read is a hit").hasValue(before);
        assertThat(reads).isPositive();
        long near = nodes[0].metrics().stats("c").reads().localHits() - nearBefore;
        assertThat(near).isEqualTo(reads);
        Figures.record("F10", "full: reads of a node, all near hits without a fence", "", near);
    }

    private void invalidationsArrive(CacheManager from, CacheManager to) {
        Cache<String, Integer> cache = from.cache("c", Integer.class);
        List<Supplier<Invalidation>> ways = List.of(
                () -> from.delete("c:near"),
                () -> from.invalidator().invalidateByTag("t:near"),
                () -> from.invalidator().invalidateByPattern("c:n*"),
                () -> cache.set("near", database.load("near")));
        for (Supplier<Invalidation> way : ways) {
            int known = read(to, "near");
            database.write("near");
            long startedAt = System.nanoTime();
            Invalidation invalidation = way.get();
            assertThat(invalidation.isPending()).isFalse();
            Figures.record(
                    "F10",
                    "full: an invalidation is acknowledged",
                    "",
                    Duration.ofNanos(System.nanoTime() - startedAt));
            assertThat(read(from, "near")).isEqualTo(known + 1);
            assertThat(invalidation.awaitEverywhere(AGREED)).isTrue();
            assertThat(read(to, "near")).isEqualTo(known + 1);
        }
    }

    private void farHitsGoOn(CacheManager late) {
        int before = database.loads.get();
        assertThat(read(late, "p", "far")).isZero();
        assertThat(database.loads).as("an entry in Redis is a hit").hasValue(before);
    }

    private void fillsAreSkipped(CacheManager node) {
        int before = database.loads.get();
        assertThat(read(node, "new")).isZero();
        Map<String, Integer> several = node.<String, Integer>cache("c", Integer.class)
                .getAll(List.of("new-1", "new-2"), ids -> Map.of("new-1", database.load("new-1"), "new-2", 7));
        assertThat(several).containsEntry("new-1", 0).containsEntry("new-2", 7);
        assertThat(database.loads).hasValue(before + 2);
        assertThat(node.get("c:new", Integer.class)).isInstanceOf(Lookup.Miss.class);
    }

    private void fillsGoOn(CacheManager node, CacheManager other) {
        read(node, "later");
        int before = database.loads.get();
        assertThat(read(other, "later")).isZero();
        assertThat(database.loads).hasValue(before);
    }

    private int read(CacheManager node, String id) {
        return read(node, "c", id);
    }

    private int read(CacheManager node, String cache, String id) {
        return node.<String, Integer>cache(cache, Integer.class).get(id, (wanted, context) -> database.load(wanted));
    }

    /** Sets keys until that is refused, and leaves no room for a while even if the server frees some. */
    private static void fill(RedisProcess redis) {
        RedisServers.command(redis, commands -> {
            long used = number("used_memory:(\\d+)", commands.info("memory"));
            commands.configSet("maxmemory", Long.toString(used + 16 * PIECE));
            String piece = "x".repeat(PIECE);
            int sets = 0;
            while (isTaken(commands, "filler-" + sets, piece)) {
                sets++;
            }
            assertThat(sets).isBetween(1, 64);
            commands.configSet("maxmemory", Long.toString(used + 8 * PIECE));
            return sets;
        });
    }

    private static void empty(RedisProcess redis) {
        RedisServers.command(
                redis, commands -> commands.del(commands.keys("filler-*").toArray(String[]::new)));
    }

    private static boolean refusesWrites(RedisProcess redis) {
        return RedisServers.command(redis, commands -> !isTaken(commands, "filler-one-more", "x"));
    }

    private static boolean isTaken(RedisCommands<String, String> commands, String key, String value) {
        try {
            commands.set(key, value);
            return true;
        } catch (RedisCommandExecutionException refused) {
            assertThat(refused).hasMessageStartingWith("OOM ");
            return false;
        }
    }

    /** Writes a snapshot, which is to end well or badly. */
    private static void snapshot(RedisProcess redis, String outcome) {
        RedisServers.command(redis, commands -> {
            commands.bgsave();
            Awaitility.await().until(() -> {
                String state = commands.info("persistence");
                return state.contains("rdb_bgsave_in_progress:0")
                        && state.contains("rdb_last_bgsave_status:" + outcome);
            });
            return outcome;
        });
    }

    private static long number(String pattern, String text) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        assertThat(found.find()).as(pattern).isTrue();
        return Long.parseLong(found.group(1));
    }
}
