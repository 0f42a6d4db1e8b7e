package io.r3mes.cache.cost;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Loader;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a hit in Redis allocates on the calling thread, on average. Nothing here counts on a compiler that removes objects:
 * interpreted code meets the same bound.
 */
class RemoteAllocationsTest {

    /** Of these, about 1,400 are for the command and for reading JSON, with or without a cache. */
    private static final double HIT = 2_400;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int HITS = 2_000;
    private static final int ROUNDS = 4;
    private static final Loader<String, String, IllegalStateException> NEVER = (id, context) -> {
        throw new IllegalStateException("Not in Redis: " + id);
    };

    private static RedisProcess redis;
    private static TestNodes nodes;

    @BeforeAll
    static void start() {
        redis = RedisServers.standalone();
        nodes = TestNodes.on(redis);
    }

    @AfterAll
    static void stop() {
        nodes.close();
        redis.close();
    }

    @Test
    void aHitInRedisAllocatesLittleBesideItsCommandAndItsValue() {
        CachePolicy policy =
                CachePolicy.of("far", "far:{id}").withTags("of:{id}").withLocal(CachePolicy.Local.OFF);
        Cache<String, String> cache = nodes.start(policy).cache("far", String.class);
        cache.get("wallet00000001", (id, context) -> "value");
        assertThat(bytesPerHit(cache)).isLessThanOrEqualTo(HIT);
    }

    /** Of the cheapest round, the others being those in which code is compiled. */
    private static double bytesPerHit(Cache<String, String> cache) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < HITS; i++) {
                cache.get("wallet00000001", NEVER);
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return (double) least / HITS;
    }
}
