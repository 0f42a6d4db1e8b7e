package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.CacheManager;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Redis is killed under many busy threads, each with keys of its own, and comes back. */
class KilledRedisTest {

    private static final int CALLERS = 200;

    @Test
    void costsFirstCallsTheDeadlineAndLaterOnesNextToNothing() throws Exception {
        try (RedisProcess redis = RedisServers.standalone();
                TestNodes nodes = TestNodes.on(Callers.settings(redis.uri()))) {
            CacheManager node = nodes.start(Callers.POLICY);
            try (Callers callers = Callers.start(node, CALLERS)) {
                killAndReturn(redis, node, callers);
            }
        }
    }

    private static void killAndReturn(RedisProcess redis, CacheManager node, Callers callers)
            throws InterruptedException {
        Callers.keepOn(Duration.ofSeconds(1));
        int threadsBefore = libraryThreads();
        long killedAt = System.nanoTime();
        redis.kill();
        long settledAt = callers.awaitRoundSince(killedAt);
        Invalidation pending = node.<String, String>cache("c", String.class).delete("0-0");
        assertThat(pending.isPending()).isTrue();
        Callers.keepOn(Form.of(Duration.ofSeconds(2), Duration.ofMinutes(1)));
        int threadsAway = libraryThreads();
        long returnedAt = System.nanoTime();
        redis.start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> !node.status().fenced() && !pending.isPending() && callers.hits());
        Duration normal = Duration.ofNanos(System.nanoTime() - returnedAt);
        callers.end();
        assertThat(threadsAway).as("threads of the library").isLessThanOrEqualTo(threadsBefore + 2);
        record("with Redis, beside the loader", "", callers.costs(0, killedAt));
        record("first calls, beside the loader", "<= 110 ms", callers.costs(killedAt, settledAt));
        record("while it is away, beside the loader", "<= 1 ms", callers.costs(settledAt, returnedAt));
        Figures.record("F2", "Redis killed under 200 threads: in use again after its return", "<= 6 s", normal);
    }

    private static int libraryThreads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("r3mes-")
                        || thread.getName().startsWith("lettuce-"))
                .count();
    }

    private static void record(String when, String promised, long[] costs) {
        Figures.record("F2", "200 threads, " + when + ", 99th percentile (longest)", promised, Callers.worst(costs));
    }
}
