package io.r3mes.cache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What a near hit through the annotation allocates on the calling thread, Spring's proxy included, on average. */
class HitAllocationsTest {

    /** The array of the arguments takes 24 bytes, the id of two another 24. The proxy's own way would take 200 more. */
    private static final double ONE_ARGUMENT = 40;

    private static final double TWO_ARGUMENTS = 64;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int HITS = 10_000;
    private static final int ROUNDS = 4;

    @Test
    void hitsAllocateLittle() {
        Contexts.inMemory()
                .withPropertyValues(
                        "r3mes.cache.caches.one.key=one:{wallet}", "r3mes.cache.caches.two.key=two:{wallet}:{item}")
                .withBean(Items.class)
                .run(context -> {
                    Items items = context.getBean(Items.class);
                    assertThat(bytesPerCall(() -> items.one("w1"))).isLessThanOrEqualTo(ONE_ARGUMENT);
                    assertThat(bytesPerCall(() -> items.two("w1", "i1"))).isLessThanOrEqualTo(TWO_ARGUMENTS);
                });
    }

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

    static class Items {

        @R3mesCacheable("one")
        public String one(String wallet) {
            return wallet;
        }

        @R3mesCacheable("two")
        public String two(String wallet, String item) {
            return wallet + item;
        }
    }
}
