package io.r3mes.cache.cost;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.KeyParts;
import io.r3mes.cache.Loader;
import io.r3mes.cache.runtime.R3mesCache;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * What a near hit allocates on the calling thread, on average. Nothing here counts on a compiler that removes objects:
 * interpreted code meets the same bounds.
 */
class AllocationsTest {

    /**
     * Less than the smallest object for each hit. The rest is what counting keys takes, 24 bytes for each key that is
     * sampled: all while a cache is read seldom, a few thousand a second otherwise.
     */
    private static final double NO_OBJECT = 15;

    /** The result. */
    private static final double LOOKUP = 16 + NO_OBJECT;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int HITS = 20_000;
    private static final int ROUNDS = 6;

    private static final CacheManager NODE = R3mesCache.builder()
            .caches(CachePolicy.of("one", "one:{id}"), CachePolicy.of("two", "two:{owner}:{id}"))
            .build();

    private static final Loader<Object, String, RuntimeException> LOADER = (id, context) -> "value";

    @AfterAll
    static void stop() {
        NODE.close();
    }

    @Test
    void aHitAllocatesNoObject() {
        Cache<String, String> cache = NODE.cache("one", String.class);
        assertThat(bytesPerCall(() -> cache.get("k", LOADER))).isLessThanOrEqualTo(NO_OBJECT);
    }

    @Test
    void aHitByANumberAllocatesNoObject() {
        Cache<Long, String> cache = NODE.cache("one", String.class);
        Long id = 1_000_000L;
        assertThat(bytesPerCall(() -> cache.get(id, LOADER))).isLessThanOrEqualTo(NO_OBJECT);
    }

    @Test
    void aLookupAllocatesItsResult() {
        Cache<String, String> cache = NODE.cache("one", String.class);
        cache.get("looked-up", LOADER);
        assertThat(bytesPerCall(() -> cache.getIfPresent("looked-up"))).isLessThanOrEqualTo(LOOKUP);
    }

    @Test
    void aHitOfTwoPlaceholdersAllocatesNoObjectEither() {
        Cache<KeyParts, String> cache = NODE.cache("two", String.class);
        KeyParts id = KeyParts.of("w1", "i1");
        assertThat(bytesPerCall(() -> cache.get(id, LOADER))).isLessThanOrEqualTo(NO_OBJECT);
    }

    /** Of the cheapest round, the others being those in which code is compiled or sampling sets in. */
    private static double bytesPerCall(Runnable call) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < HITS; i++) {
                call.run();
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return (double) least / HITS;
    }
}
