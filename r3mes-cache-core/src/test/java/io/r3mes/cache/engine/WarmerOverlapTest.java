package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.WarmTask;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Warm tasks never pile up and never fail their callers. */
class WarmerOverlapTest {

    @Test
    void scheduledRunIsLeftOutWhileTheLastOneGoesOn() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch end = new CountDownLatch(1);
        try (EngineFixture nodes = new EngineFixture()) {
            CacheEngine node = nodes.start(EngineFixture.policy());
            node.warmer().register(new WarmTask("slow", false, Duration.ofMillis(20), Set.of(), trigger -> {
                runs.incrementAndGet();
                end.await();
            }));
            node.warmer().start();
            CountDownLatch later = new CountDownLatch(1);
            nodes.timer.schedule(later::countDown, 300, TimeUnit.MILLISECONDS);
            later.await();
            int begun = runs.get();
            end.countDown();
            assertThat(begun).isOne();
        }
    }

    @Test
    void errorOfATaskBecomesItsStatus() {
        try (EngineFixture nodes = new EngineFixture()) {
            CacheEngine node = nodes.start(EngineFixture.policy());
            node.warmer().register(new WarmTask("broken", false, null, Set.of(), trigger -> {
                throw new AssertionError("broken");
            }));
            assertThat(node.warmer().warm("broken").join().failures()).isEqualTo(1);
        }
    }
}
