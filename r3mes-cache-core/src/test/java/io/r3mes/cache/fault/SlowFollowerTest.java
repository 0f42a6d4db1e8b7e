package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.fault.Workload.Member;
import io.r3mes.cache.testing.FaultProxy.Fault;
import io.r3mes.cache.testing.FaultProxy.Scope;
import io.r3mes.cache.testing.ProxiedConnection.Way;
import io.r3mes.cache.testing.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** F17: a node that cannot keep up with the log, until Redis closes its connection. */
class SlowFollowerTest {

    private static final int KEYS = 400;

    private final Arena arena = Arena.open();
    private final Workload workload = arena.workload;

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void catchesUpFromTheLog() {
        Member near = arena.near();
        Member behind = arena.behindProxy();
        arena.run();
        int events = Form.of(1_000, 4_000);
        arena.proxy.inject(new Fault.Stall(), Scope.ALL);
        long position = append(near, events, 1);
        arena.proxy.heal();
        long since = System.nanoTime();
        assertThat(behind.node().awaitApplied(position, Duration.ofSeconds(30))).isTrue();
        Duration caughtUp = Duration.ofNanos(System.nanoTime() - since);
        workload.settle();
        workload.assertLoadsOnce();
        workload.assertPromises();
        record(events + " events behind: caught up after", "", caughtUp);
        record(
                events + " events behind: near caches dropped",
                "",
                behind.source().discontinuities());
        record(events + " events behind: largest staleness", "<= 500 ms", workload.history.largestStaleness());
    }

    @Test
    void isServedWhileTheLinkIsNarrow() {
        Member near = arena.near();
        Member behind = arena.behindProxy();
        arena.run();
        arena.proxy.inject(new Fault.Bandwidth(20_000), Scope.FOLLOWERS.towards(Way.TO_CLIENT));
        append(near, Form.of(40, 1_000), KEYS);
        workload.keepOn(Form.of(Duration.ofSeconds(1), Duration.ofSeconds(20)));
        arena.proxy.heal();
        Duration back = workload.settle();
        workload.assertLoadsOnce();
        workload.assertPromises();
        record("link of 20 kB/s: near caches dropped", "", behind.source().discontinuities());
        record("link of 20 kB/s: trusted again once it is wide", "", back);
        record("link of 20 kB/s: largest staleness", "<= 500 ms", workload.history.largestStaleness());
    }

    @Test
    void healsAfterRedisClosedItsConnection() {
        RedisServers.command(arena.redis, redis -> redis.configSet("client-output-buffer-limit", "normal 65536 0 0"));
        Member near = arena.near();
        Member behind = arena.behindProxy();
        arena.run();
        int opened = arena.proxy.acceptedAt().size();
        long dropped = behind.source().discontinuities();
        arena.proxy.inject(new Fault.Stall(), Scope.FOLLOWERS);
        append(near, Form.of(10, 400), KEYS);
        arena.proxy.heal();
        // A node whose beats have told it meanwhile how far it is behind starts over, and asks for nothing that is too
        // much.
        workload.awaitUntil(() ->
                arena.proxy.acceptedAt().size() > opened || behind.source().discontinuities() > dropped);
        long since = System.nanoTime();
        long position = workload.writeOnce(near, "0").position().orElseThrow();
        assertThat(behind.node().awaitApplied(position, Duration.ofSeconds(30))).isTrue();
        Duration back = Duration.ofNanos(System.nanoTime() - since);
        workload.settle();
        workload.assertLoadsOnce();
        workload.assertPromises();
        record("output buffer over its limit: follows again after", "", back);
        record(
                "output buffer over its limit: connections closed",
                "",
                arena.proxy.acceptedAt().size() - opened);
        record(
                "output buffer over its limit: near caches dropped",
                "",
                behind.source().discontinuities());
        record("output buffer over its limit: largest staleness", "<= 500 ms", workload.history.largestStaleness());
    }

    /** Appends so many events of so many keys; returns the position of the last one. */
    private static long append(Member near, int events, int keys) {
        List<String> all = IntStream.range(0, keys)
                .mapToObj(i -> near.cache().key("of-a-slow-follower-" + i))
                .toList();
        List<CompletableFuture<Long>> sent = new ArrayList<>();
        long last = 0;
        for (int i = 0; i < events; i++) {
            sent.add(near.node()
                    .invalidator()
                    .invalidateKeysAsync(all)
                    .thenApply(receipt -> receipt.position().orElse(0)));
            if (sent.size() == 20) {
                last = Math.max(
                        last,
                        sent.stream().mapToLong(CompletableFuture::join).max().orElse(0));
                sent.clear();
            }
        }
        return Math.max(
                last, sent.stream().mapToLong(CompletableFuture::join).max().orElse(0));
    }

    private static void record(String what, String promised, Object measured) {
        Figures.record("F17", what, promised, measured);
    }
}
