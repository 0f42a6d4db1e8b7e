package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.r3mes.cache.testing.RedisServers;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A full Redis that evicts values, leases, stamps, the log and the metadata at random while the load goes on. */
class EvictionTest {

    private static final Workload.Settings LARGE = new Workload.Settings(300, 6_000);
    private static final long ROOM = 1_400_000;
    private static final long LITTLE_ROOM = 500_000;
    private static final int SWITCH = 60;
    private static final long PAUSE = Duration.ofMillis(3).toNanos();
    private static final Pattern EVICTED = Pattern.compile("evicted_keys:(\\d+)");

    @ParameterizedTest
    @MethodSource
    void servesNoStaleValueWhileRedisEvicts(String policy) {
        try (Arena arena = Arena.open(RedisServers.standalone("--maxmemory-policy", policy), LARGE)) {
            arena.near();
            arena.near();
            arena.behindProxy();
            RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", arena.redis.port()));
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                RedisCommands<String, String> redis = connection.sync();
                long used = number("used_memory:(\\d+)", redis.info("memory"));
                arena.run();
                Set<String> generations = new HashSet<>();
                long logsLost = watch(redis, generations, used);
                redis.configSet("maxmemory", "0");
                long evicted = number(EVICTED.pattern(), redis.info("stats"));
                arena.workload.settle();
                arena.workload.assertLoadsOnce();
                arena.workload.assertPromises();
                Figures.record(
                        "LRU",
                        policy + ": largest staleness of the near cache",
                        "<= 500 ms",
                        arena.workload.history.largestStaleness());
                Figures.record(
                        "LRU",
                        policy + ": keys evicted, generations, times without a log",
                        "",
                        evicted + ", " + generations.size() + ", " + logsLost);
                Figures.record(
                        "LRU",
                        policy + ": reads, of them near-cache hits; loads",
                        "",
                        arena.workload.history.reads() + ", " + arena.workload.history.localHits() + "; "
                                + arena.workload.loads());
                assertThat(evicted).isPositive();
            } finally {
                client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
            }
        }
    }

    static List<String> servesNoStaleValueWhileRedisEvicts() {
        List<String> all = List.of("allkeys-lru", "allkeys-random", "allkeys-lfu");
        return Form.current() == Form.LONG ? all : all.subList(0, 2);
    }

    /** Collects the generations that were in force, while room is small or less; returns how often the log was missing. */
    private static long watch(RedisCommands<String, String> redis, Set<String> generations, long used) {
        long missing = 0;
        long until = System.nanoTime()
                + Form.of(Duration.ofSeconds(2), Duration.ofSeconds(60)).toNanos();
        for (int i = 0; System.nanoTime() < until; i++) {
            if (i % SWITCH == 0) {
                long room = i / SWITCH % 3 == 2 ? LITTLE_ROOM : ROOM;
                redis.configSet("maxmemory", Long.toString(used + room));
            }
            String generation = redis.hget(Arena.META, "g");
            if (generation != null) {
                generations.add(generation);
            }
            missing += redis.exists(Arena.LOG) == 0 ? 1 : 0;
            LockSupport.parkNanos(PAUSE);
        }
        return missing;
    }

    private static long number(String pattern, String text) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        assertThat(found.find()).as(pattern).isTrue();
        return Long.parseLong(found.group(1));
    }
}
