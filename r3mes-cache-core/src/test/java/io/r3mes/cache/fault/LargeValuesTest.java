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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Values of every size beside somebody who reads small ones. */
class LargeValuesTest {

    private static final int MOST = 1 << 20;
    private static final List<Integer> SIZES = Form.current() == Form.LONG
            ? List.of(1, 1 << 10, 1 << 18, MOST - 1_000, 2 << 20, 4 << 20, 16 << 20, 64 << 20)
            : List.of(1, 1 << 18, MOST - 1_000, 2 << 20, 16 << 20);
    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}").withLocal(CachePolicy.Local.OFF);
    private static final Pattern RECEIVED = Pattern.compile("total_net_input_bytes:(\\d+)");

    private final Queue<Long> costs = new ConcurrentLinkedQueue<>();
    private volatile boolean running = true;

    @Test
    void whatIsTooLargeIsReturnedAndNeverSent() throws Exception {
        try (RedisProcess redis = RedisServers.standalone();
                TestNodes nodes = TestNodes.on(redis)) {
            CacheManager node = nodes.start(POLICY);
            Cache<String, String> cache = node.cache("c", String.class);
            CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> readSmall(cache));
            Awaitility.await().until(() -> costs.size() > 200);
            Duration alone = percentile();
            RedisServers.command(redis, commands -> {
                SIZES.forEach(size -> load(node, size, commands));
                return true;
            });
            Duration beside = percentile();
            running = false;
            reading.get(10, TimeUnit.SECONDS);
            Figures.record(
                    "F14",
                    "reads of a small key beside values of 1 B to " + (SIZES.get(SIZES.size() - 1) >> 20)
                            + " MB, 99th percentile: alone, beside",
                    "+<= 10 %",
                    Figures.millis(alone) + ", " + Figures.millis(beside));
        } finally {
            running = false;
        }
    }

    private void load(CacheManager node, int size, RedisCommands<String, String> redis) {
        Cache<String, String> cache = node.cache("c", String.class);
        String id = "of-" + size;
        String value = "x".repeat(size);
        long unreadable = node.metrics().stats("c").loads().unreadable();
        long before = received(redis);
        assertThat(cache.get(id, (wanted, context) -> value)).isSameAs(value);
        long sent = received(redis) - before;
        if (size < MOST) {
            assertThat(cache.getIfPresent(id).orElse("").length()).isEqualTo(size);
            return;
        }
        Figures.record("F14", (size >> 20) + " MB: bytes that reached Redis meanwhile", "no value", sent);
        assertThat(sent).as("bytes sent").isLessThan(size / 2);
        assertThat(cache.getIfPresent(id).isHit()).isFalse();
        assertThat(node.metrics().stats("c").loads().unreadable()).isEqualTo(unreadable + 1);
        Awaitility.await().until(() -> redis.keys("*of-" + size + "*").isEmpty());
    }

    private void readSmall(Cache<String, String> cache) {
        while (running) {
            long from = System.nanoTime();
            assertThat(cache.get("small", (id, context) -> "value")).isEqualTo("value");
            costs.add(System.nanoTime() - from);
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }

    /** Of the reads since the last time. */
    private Duration percentile() {
        long[] sorted = costs.stream().mapToLong(Long::longValue).sorted().toArray();
        costs.clear();
        return Callers.percentile(sorted, 99);
    }

    private static long received(RedisCommands<String, String> redis) {
        Matcher found = RECEIVED.matcher(redis.info("stats"));
        assertThat(found.find()).isTrue();
        return Long.parseLong(found.group(1));
    }
}
