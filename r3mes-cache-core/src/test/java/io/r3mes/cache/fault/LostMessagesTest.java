package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ScriptOutputType;
import io.r3mes.cache.fault.Workload.Member;
import io.r3mes.cache.testing.FaultProxy.Fault;
import io.r3mes.cache.testing.FaultProxy.Scope;
import io.r3mes.cache.testing.ProxiedConnection.Way;
import io.r3mes.cache.testing.RedisServers;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** F16: messages of the invalidation log are lost, late, doubled, out of order, or gone from the log. */
class LostMessagesTest {

    /** Appends once more, with its old id and predecessor, the entry that lies so far back. */
    private static final String AGAIN = """
            local entries = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', ARGV[1])
            local newest, old = entries[1], entries[#entries]
            if not newest then return 0 end
            local id = string.format('%.0f', tonumber(string.match(newest[1], '^%d+')) + 1) .. '-0'
            redis.call('XADD', KEYS[1], id, unpack(old[2]))
            return 1
            """;

    private final Arena arena = Arena.open();
    private final Workload workload = arena.workload;

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void losesEveryMessage() {
        start();
        rounds(() -> {
            arena.proxy.inject(new Fault.Stall(), Scope.FOLLOWERS.towards(Way.TO_CLIENT));
            workload.keepOn(Duration.ofMillis(900));
            arena.proxy.heal();
            workload.keepOn(Duration.ofMillis(200));
        });
        Duration healed = workload.settle();
        workload.assertLoadsOnce();
        workload.assertPromises();
        record(
                "every message lost: largest staleness of the near cache",
                "<= 500 ms",
                workload.history.largestStaleness());
        record(
                "every message lost: reads, of them near-cache hits",
                "",
                workload.history.reads() + ", " + workload.history.localHits());
        record("every message lost: trusted again after the follower is back", "", healed);
        assertThat(workload.history.largestStaleness()).isPositive().isLessThanOrEqualTo(Workload.STALENESS);
    }

    @Test
    void hearsNothingAtAll() {
        workload.readOnly(start());
        workload.drain();
        workload.keepOn(Duration.ofMillis(300));
        rounds(() -> {
            arena.proxy.inject(new Fault.Stall(), Scope.ALL.towards(Way.TO_CLIENT));
            workload.keepOn(Duration.ofMillis(900));
            arena.proxy.heal();
            workload.settle();
            workload.keepOn(Duration.ofMillis(200));
        });
        workload.assertLoadsOnce();
        workload.assertPromises();
        record("nothing heard: largest staleness of the near cache", "<= 500 ms", workload.history.largestStaleness());
        assertThat(workload.history.largestStaleness()).isPositive().isLessThanOrEqualTo(Workload.STALENESS);
    }

    @Test
    void getsMessagesLate() {
        start();
        arena.proxy.inject(
                new Fault.Latency(Duration.ofMillis(100), Duration.ofMillis(250)),
                Scope.FOLLOWERS.towards(Way.TO_CLIENT));
        workload.keepOn(Form.of(Duration.ofMillis(1_500), Duration.ofSeconds(30)));
        arena.proxy.heal();
        workload.assertLoadsOnce();
        workload.assertPromises();
        record(
                "messages 100 to 350 ms late: largest staleness of the near cache",
                "<= 500 ms",
                workload.history.largestStaleness());
        assertThat(workload.history.largestStaleness()).isPositive().isLessThanOrEqualTo(Workload.STALENESS);
    }

    @Test
    void getsMessagesTwiceAndOutOfOrder() {
        Member behind = start();
        rounds(() -> {
            int back = ThreadLocalRandom.current().nextInt(1, 6);
            RedisServers.command(
                    arena.redis,
                    redis -> redis.eval(
                            AGAIN, ScriptOutputType.INTEGER, new String[] {Arena.LOG}, Integer.toString(back)));
            workload.keepOn(Duration.ofMillis(150));
        });
        workload.assertLoadsOnce();
        workload.assertPromises();
        record(
                "messages doubled and out of order: largest staleness",
                "<= 500 ms",
                workload.history.largestStaleness());
        record(
                "messages doubled and out of order: near caches dropped",
                "",
                behind.source().discontinuities());
    }

    @Test
    void healsAGapInTheLog() {
        Member behind = start();
        Duration slowest = Duration.ZERO;
        int gaps = Form.of(2, 40);
        for (int i = 0; i < gaps; i++) {
            arena.proxy.inject(new Fault.Stall(), Scope.FOLLOWERS);
            workload.keepOn(Duration.ofMillis(150));
            RedisServers.command(arena.redis, redis -> redis.xtrim(Arena.LOG, 1));
            arena.proxy.heal();
            Duration healed = workload.settle();
            slowest = healed.compareTo(slowest) > 0 ? healed : slowest;
            workload.keepOn(Duration.ofMillis(100));
        }
        workload.assertLoadsOnce();
        workload.assertPromises();
        record("a gap in the log: slowest healing of " + gaps, "<= 100 ms", slowest);
        record(
                "a gap in the log: largest staleness of the near cache",
                "<= 500 ms",
                workload.history.largestStaleness());
        assertThat(behind.source().discontinuities()).isGreaterThanOrEqualTo(gaps);
    }

    private Member start() {
        arena.near();
        Member behind = arena.behindProxy();
        arena.run();
        return behind;
    }

    private static void rounds(Runnable round) {
        long until = System.nanoTime()
                + Form.of(Duration.ofMillis(2_000), Duration.ofSeconds(60)).toNanos();
        while (System.nanoTime() < until) {
            round.run();
        }
    }

    private static void record(String what, String promised, Object measured) {
        Figures.record("F16", what, promised, measured);
    }
}
