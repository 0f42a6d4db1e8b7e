package io.r3mes.cache.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.redis.RedisAdapter;
import io.r3mes.cache.redis.RedisNamespace;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.testing.Await;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Very many distinct tags, invalidated and in use: an invalidation costs what it always does, and what is kept about a tag
 * is little and expires. How a node's own memory of them is bounded, its unit test says.
 */
class ManyTagsTest {

    private static final int INVALIDATED = Figures.isLong() ? 1_000_000 : 20_000;
    private static final int IN_USE = Figures.isLong() ? 10_000_000 : 50_000;
    private static final int SAMPLES = 2_000;
    private static final int TAGS_AT_ONCE = 500;
    private static final int CALLS_AT_ONCE = 500;

    private final Figures figures = new Figures("tags");
    private final RedisProcess server = RedisServers.standalone();
    private final RedisAdapter adapter = RedisAdapter.create(
            new RedisSettings(
                    RedisSettings.Topology.STANDALONE,
                    List.of(RedisURI.create(server.uri())),
                    Duration.ofSeconds(30),
                    null,
                    null),
            RedisNamespace.of("many"));
    private final InvalidationLog log = adapter.invalidationLog();

    @BeforeEach
    void connect() {
        Await.result(adapter.connect());
        Await.result(log.head(0));
    }

    @AfterEach
    void close() {
        adapter.close();
        server.close();
    }

    @Test
    void leaveAnInvalidationAsCheapAsItWas() {
        mark("warm-up", SAMPLES);
        Commands.reset(server);
        long[] before = mark("before", SAMPLES);
        Commands costBefore = Commands.of(server);

        long empty = usedMemory();
        long keys = keys();
        inCalls(IN_USE / TAGS_AT_ONCE, call -> log.marks(tags("used", call), 0).toCompletableFuture());
        long used = usedMemory();
        long usedKeys = keys();
        inCalls(
                INVALIDATED,
                i -> log.append(Append.of(new Event.Tags(List.of("gone:wallet" + i)), 0))
                        .toCompletableFuture());
        long invalidated = usedMemory();
        long allKeys = keys();

        Commands.reset(server);
        long[] after = mark("after", SAMPLES);
        Commands costAfter = Commands.of(server);
        note(before, after);
        figures.note("tags: %d in use, %d bytes each", IN_USE, (used - empty) / IN_USE);
        figures.note(
                "tags: %d invalidated, %d bytes each with the log's entry",
                INVALIDATED, (invalidated - used) / INVALIDATED);
        figures.note("tags: other work on the machine makes every time longer");

        assertThat(usedKeys - keys).as("one key for each tag in use").isEqualTo(IN_USE);
        assertThat(allKeys - usedKeys).as("one key for each tag invalidated").isEqualTo(INVALIDATED);
        assertThat(keys() - Commands.info(server, "keyspace", "expires"))
                .as("what never expires: the log and its metadata")
                .isEqualTo(2);
        assertThat(ofAnInvalidation(costAfter)).isEqualTo(ofAnInvalidation(costBefore));
    }

    /** The commands that the samples ran; everything else is of the test. */
    private static Map<String, Long> ofAnInvalidation(Commands commands) {
        Map<String, Long> cost = new HashMap<>(commands.calls());
        cost.keySet()
                .retainAll(
                        List.of("evalsha", "time", "hmget", "hget", "xadd", "hset", "set", "get", "hgetall", "hlen"));
        assertThat(cost).containsEntry("evalsha", (long) SAMPLES).containsEntry("xadd", (long) SAMPLES);
        return cost;
    }

    /** Invalidates distinct tags one after the other. Returns how long each took, in microseconds, sorted. */
    private long[] mark(String prefix, int times) {
        long[] took = new long[times];
        for (int i = 0; i < times; i++) {
            Event event = new Event.Tags(List.of(prefix + i));
            long from = System.nanoTime();
            Await.result(log.append(Append.of(event, 0)));
            took[i] = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - from);
        }
        Arrays.sort(took);
        return took;
    }

    private void note(long[] before, long[] after) {
        int p99 = SAMPLES * 99 / 100;
        figures.note(
                "tags: an invalidation took p50 %d us, p99 %d us before and p50 %d us, p99 %d us after",
                before[SAMPLES / 2], before[p99], after[SAMPLES / 2], after[p99]);
    }

    private static List<String> tags(String prefix, int call) {
        return IntStream.range(call * TAGS_AT_ONCE, (call + 1) * TAGS_AT_ONCE)
                .mapToObj(i -> prefix + ":wallet" + i)
                .toList();
    }

    private static void inCalls(int calls, IntFunction<CompletableFuture<?>> call) {
        for (int from = 0; from < calls; from += CALLS_AT_ONCE) {
            List<CompletableFuture<?>> all = new ArrayList<>();
            for (int i = from; i < Math.min(calls, from + CALLS_AT_ONCE); i++) {
                all.add(call.apply(i));
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
        }
    }

    private long usedMemory() {
        return Commands.info(server, "memory", "used_memory");
    }

    private long keys() {
        return Commands.info(server, "keyspace", "keys");
    }
}
