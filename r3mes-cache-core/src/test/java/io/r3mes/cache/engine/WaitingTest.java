package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.Head;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How long, and for what, a caller waits for another caller's load. */
class WaitingTest {

    @Test
    void callersShareOneLoadWhereLeasesAreRefused() throws Exception {
        EngineFixture.Interception noLeases =
                (method, arguments) -> method.equals("acquire") ? EngineFixture.failed() : null;
        try (EngineFixture nodes = new EngineFixture()) {
            Cache<String, Long> cache = EngineFixture.cache(
                    nodes.start(EngineFixture.policy(), noLeases, EngineFixture.letThrough(), nodes.threads));
            int callers = 8;
            CountDownLatch coming = new CountDownLatch(callers);
            AtomicLong loads = new AtomicLong();
            List<Future<Long>> reads = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                reads.add(nodes.threads.submit(() -> {
                    coming.countDown();
                    return cache.get("a", (id, context) -> {
                        coming.await();
                        return loads.incrementAndGet();
                    });
                }));
            }
            for (Future<Long> read : reads) {
                assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(1);
            }
        }
    }

    @Test
    void refreshWaitsForTheLoadOfAnotherNode() throws Exception {
        CachePolicy policy = EngineFixture.policy().withLocal(CachePolicy.Local.OFF);
        try (EngineFixture nodes = new EngineFixture()) {
            Cache<String, Long> here = EngineFixture.cache(nodes.start(policy));
            Cache<String, Long> there = EngineFixture.cache(nodes.start(policy));
            here.set("a", 1L);
            CountDownLatch loading = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            Future<Long> first = nodes.threads.submit(() -> here.refresh("a", (id, context) -> {
                loading.countDown();
                go.await();
                return 2L;
            }));
            loading.await();
            Future<Long> second = nodes.threads.submit(() -> there.refresh("a", (id, context) -> 3L));
            nodes.timer.schedule(go::countDown, 300, TimeUnit.MILLISECONDS);
            assertThat(second.get(5, TimeUnit.SECONDS)).isEqualTo(2L);
            assertThat(first.get(5, TimeUnit.SECONDS)).isEqualTo(2L);
        }
    }

    @Test
    void loaderThatReadsItsOwnKeyDoesNotWaitForItself() throws Exception {
        try (EngineFixture nodes = new EngineFixture()) {
            Cache<String, Long> cache = EngineFixture.cache(nodes.start(EngineFixture.waiting(Duration.ofSeconds(20))));
            Future<Long> read = nodes.threads.submit(() ->
                    cache.get("a", (id, context) -> 1 + cache.get(id, (same, nested) -> 41L)));
            assertThat(read.get(5, TimeUnit.SECONDS)).isEqualTo(42L);
            assertThat(cache.getIfPresent("a").orElse(null)).isEqualTo(42L);
        }
    }

    @Test
    void nobodyJoinsALoadThatRunsLongerThanItMay() {
        Timeline timeline = new Timeline(10, Duration.ofSeconds(10), 0);
        timeline.reset(new Head(1, "r", 5, "", 0), 0);
        Flight<Long> flight = new Flight<>(new Subject("c", "k", List.of()), new LoaderThread(null), 0, 100);
        assertThat(flight.isJoinable(timeline, 100)).isTrue();
        assertThat(flight.isJoinable(timeline, 101)).isFalse();
    }
}
