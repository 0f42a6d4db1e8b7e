package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Redis answers, but with a refusal: it reads its data, runs a script that does not end, or has lost the scripts. */
class UnwillingRedisTest {

    private static final int CALLERS = 16;
    private static final int KEYS = Form.of(1_000, 4_000);
    private static final int LOST = Form.of(10, 1_000);
    private static final String MICROS_PER_KEY = "1500";
    private static final Duration BUSY = Form.of(Duration.ofSeconds(1), Duration.ofSeconds(30));

    @Test
    void aRedisThatReadsItsDataIsAway() throws Exception {
        try (RedisProcess redis = RedisServers.standalone(
                        "--key-load-delay", MICROS_PER_KEY, "--loading-process-events-interval-bytes", "1024");
                TestNodes nodes = TestNodes.on(Callers.settings(redis.uri()))) {
            CacheManager node = nodes.start(Callers.POLICY);
            RedisServers.command(redis, UnwillingRedisTest::save);
            try (Callers callers = Callers.start(node, CALLERS)) {
                Awaitility.await().until(callers::hits);
                redis.kill();
                CompletableFuture<RedisProcess> starting = CompletableFuture.supplyAsync(redis::start);
                Awaitility.await().until(() -> said(redis).startsWith("-LOADING"));
                long from = System.nanoTime();
                Invalidation pending = delete(node);
                assertThat(pending.isPending()).isTrue();
                starting.get(20, TimeUnit.SECONDS);
                long until = System.nanoTime();
                awaitReturn(node, callers, pending);
                callers.end();
                report("LOADING", callers.costs(from, until), until);
                RedisServers.command(redis, commands -> refused("LOADING", commands, callers.costs(from, until)));
            }
        }
    }

    @Test
    void aRedisThatRunsAScriptWithoutEndIsAway() throws Exception {
        try (RedisProcess redis = RedisServers.standalone("--lua-time-limit", "50");
                TestNodes nodes = TestNodes.on(Callers.settings(redis.uri()))) {
            CacheManager node = nodes.start(Callers.POLICY);
            try (Callers callers = Callers.start(node, CALLERS)) {
                Awaitility.await().until(callers::hits);
                long from = System.nanoTime();
                Invalidation pending = RedisServers.command(
                        redis,
                        stuck -> RedisServers.command(redis, killer -> {
                            stuck.getStatefulConnection().async().eval("while true do end", ScriptOutputType.STATUS);
                            Awaitility.await().until(() -> said(redis).startsWith("-BUSY"));
                            Invalidation deleted = delete(node);
                            Callers.keepOn(BUSY);
                            assertThat(deleted.isPending()).isTrue();
                            killer.scriptKill();
                            return deleted;
                        }));
                long until = System.nanoTime();
                awaitReturn(node, callers, pending);
                callers.end();
                report("BUSY", callers.costs(from, until), until);
                RedisServers.command(redis, commands -> refused("BUSY", commands, callers.costs(from, until)));
            }
        }
    }

    @Test
    void aRedisThatLostTheScriptsIsSentThemOnce() {
        try (RedisProcess redis = RedisServers.standalone();
                TestNodes nodes = TestNodes.on(redis)) {
            CacheManager node = nodes.start(Callers.POLICY);
            Cache<String, String> cache = node.cache("c", String.class);
            AtomicInteger loads = new AtomicInteger();
            long errors = RedisServers.command(redis, commands -> {
                for (int i = 1; i <= LOST; i++) {
                    commands.scriptFlush();
                    cache.get("id", (id, context) -> "value " + loads.incrementAndGet());
                    assertThat(cache.getIfPresent("id").orElse(null)).isEqualTo("value " + i);
                    commands.scriptFlush();
                    assertThat(cache.delete("id").isPending()).isFalse();
                }
                return errors("NOSCRIPT", commands);
            });
            assertThat(loads).hasValue(LOST);
            assertThat(node.metrics().stats("c").loads().unavailable()).isZero();
            assertThat(errors).isPositive();
            Figures.record(
                    "F11", "scripts lost " + 2 * LOST + " times: NOSCRIPT; loads not stored", "; 0", errors + "; 0");
        }
    }

    private static Invalidation delete(CacheManager node) {
        return node.<String, String>cache("c", String.class).delete("0-0");
    }

    private static void awaitReturn(CacheManager node, Callers callers, Invalidation pending) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> !node.status().fenced() && !pending.isPending() && callers.hits());
    }

    private static void report(String reply, long[] costs, long until) {
        Figures.record(
                "F11",
                reply + ": calls while it lasts, beside the loader, 99th percentile (longest)",
                "<= 110, 1 ms",
                Callers.worst(costs));
        Figures.record(
                "F11", reply + ": in use again after its end", "<= 6 s", Duration.ofNanos(System.nanoTime() - until));
    }

    /** Had every call been sent, as many had been refused. */
    private static long refused(String reply, RedisCommands<String, String> redis, long[] calls) {
        long errors = errors(reply, redis);
        Figures.record("F11", reply + ": refused by Redis, for calls", "", errors + ", " + calls.length);
        assertThat(errors).isPositive().isLessThan(calls.length / 2);
        return errors;
    }

    private static long errors(String reply, RedisCommands<String, String> redis) {
        Matcher found = Pattern.compile("errorstat_" + reply + ":count=(\\d+)").matcher(redis.info("errorstats"));
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }

    private static String save(RedisCommands<String, String> redis) {
        for (int i = 0; i < KEYS; i++) {
            redis.set("foreign:" + i, "value");
        }
        return redis.save();
    }

    /** What the server answers to a PING, if it does. */
    private static String said(RedisProcess redis) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(8), StandardCharsets.US_ASCII);
        } catch (IOException away) {
            return "";
        }
    }
}
