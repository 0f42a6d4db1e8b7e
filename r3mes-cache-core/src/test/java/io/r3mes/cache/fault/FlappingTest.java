package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.r3mes.cache.testing.FaultProxy.Fault;
import io.r3mes.cache.testing.FaultProxy.Scope;
import io.r3mes.cache.testing.ProxiedConnection.Way;
import io.r3mes.cache.testing.RedisServers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** F5: connections that break all the time, in the middle of messages too. */
class FlappingTest {

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Arena arena = Arena.open();
    private final Workload workload = arena.workload;

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void doesNothingTwiceWhileConnectionsFlap() {
        arena.near();
        arena.behindProxy();
        arena.run();
        long until = System.nanoTime()
                + Form.of(Duration.ofMillis(1_500), Duration.ofSeconds(60)).toNanos();
        for (int i = 0; System.nanoTime() < until; i++) {
            if (i % 2 == 0) {
                arena.proxy.reset(Scope.ALL);
            } else {
                long bytes = ThreadLocalRandom.current().nextLong(4_000);
                arena.proxy.inject(
                        new Fault.CutAfter(bytes), Scope.ALL.openNow().towards(way(i)));
            }
            workload.keepOn(Duration.ofMillis(100));
        }
        arena.proxy.heal();
        Duration back = workload.settle();
        workload.assertLoadsOnce();
        workload.assertPromises();
        List<String> ids = RedisServers.command(
                arena.redis,
                redis -> redis.xrange(Arena.LOG, Range.unbounded(), Limit.unlimited()).stream()
                        .map(StreamMessage::getBody)
                        .map(fields -> fields.get("i"))
                        .toList());
        assertThat(ids).doesNotHaveDuplicates();
        record("10 breaks a second: invalidations in the log, sent twice", "0 twice", ids.size() + ", 0");
        record(
                "10 breaks a second: connections opened",
                "",
                arena.proxy.acceptedAt().size());
        record(
                "10 breaks a second: largest staleness of the near cache",
                "<= 500 ms",
                workload.history.largestStaleness());
        record("10 breaks a second: trusted again afterwards", "", back);
    }

    @Test
    void backsOffWhileConnectionsAreRefused() {
        arena.near();
        arena.behindProxy();
        arena.run();
        int before = arena.proxy.acceptedAt().size();
        arena.proxy.refuse();
        arena.proxy.reset(Scope.ALL);
        Duration refused = Form.of(Duration.ofSeconds(2), Duration.ofSeconds(30));
        workload.keepOn(Duration.ofMillis(200));
        workload.pauseWriting(Form.current() == Form.SHORT);
        workload.keepOn(refused);
        workload.pauseWriting(false);
        int attempts = arena.proxy.acceptedAt().size() - before;
        arena.proxy.heal();
        Duration back = workload.settle();
        int pending = workload.pending();
        Duration drained = workload.drain();
        workload.assertLoadsOnce();
        workload.assertPromises();
        record(
                "refused for " + refused.toSeconds() + " s: " + pending + " pending invalidations sent within",
                "",
                drained);
        record("refused for " + refused.toSeconds() + " s: attempts of two connections", "", attempts);
        record("refused for " + refused.toSeconds() + " s: trusted again afterwards", "<= 2 s", back);
        long most = 2 * (8 + refused.toMillis() / (LONGEST_PAUSE.toMillis() / 2));
        assertThat(attempts).isPositive().isLessThan((int) most);
        assertThat(back).isLessThan(LONGEST_PAUSE.multipliedBy(3));
    }

    private static Way way(int i) {
        return i % 4 == 1 ? Way.TO_CLIENT : Way.TO_SERVER;
    }

    private static void record(String what, String promised, Object measured) {
        Figures.record("F5", what, promised, measured);
    }
}
