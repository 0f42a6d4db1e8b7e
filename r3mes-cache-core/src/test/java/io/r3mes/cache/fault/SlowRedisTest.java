package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.CacheManager;
import io.r3mes.cache.testing.FaultProxy;
import io.r3mes.cache.testing.FaultProxy.Fault.Latency;
import io.r3mes.cache.testing.FaultProxy.Scope;
import io.r3mes.cache.testing.ProxiedConnection.Way;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Redis answers everything, each time later than anybody waits. */
class SlowRedisTest {

    private static final int CALLERS = 16;

    @Test
    void costsFirstCallsTheDeadlineAndLaterOnesNextToNothing() throws Exception {
        try (RedisProcess redis = RedisServers.standalone();
                FaultProxy proxy = FaultProxy.before(redis);
                TestNodes nodes = TestNodes.on(Callers.settings(proxy.uri()))) {
            CacheManager node = nodes.start(Callers.POLICY);
            try (Callers callers = Callers.start(node, CALLERS)) {
                slowDownAndHeal(proxy, node, callers);
            }
        }
    }

    private static void slowDownAndHeal(FaultProxy proxy, CacheManager node, Callers callers)
            throws InterruptedException {
        Awaitility.await().until(callers::hits);
        long slowAt = System.nanoTime();
        proxy.inject(new Latency(Callers.DEADLINE.multipliedBy(2), Duration.ZERO), Scope.ALL.towards(Way.TO_CLIENT));
        long settledAt = callers.awaitRoundSince(slowAt);
        Callers.keepOn(Form.of(Duration.ofSeconds(1), Duration.ofMinutes(1)));
        long healedAt = System.nanoTime();
        proxy.heal();
        Awaitility.await().until(() -> !node.status().fenced() && callers.hits());
        Duration back = Duration.ofNanos(System.nanoTime() - healedAt);
        callers.end();
        long[] later = callers.costs(settledAt, healedAt);
        record("first calls", "<= 110 ms", callers.costs(slowAt, settledAt));
        record("later calls", "<= 1 ms", later);
        Figures.record("F3", "Redis 200 ms late: in use again after it is healed", "about 1 s", back);
        assertThat(Callers.percentile(later, 90))
                .as("later calls do not wait for Redis")
                .isLessThan(Callers.DEADLINE.dividedBy(2));
    }

    private static void record(String when, String promised, long[] costs) {
        Figures.record(
                "F3",
                "Redis 200 ms late, " + when + ", beside the loader, 99th percentile (longest)",
                promised,
                Callers.worst(costs));
    }
}
