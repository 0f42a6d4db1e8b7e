package io.r3mes.cache.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.r3mes.cache.CacheStats;
import io.r3mes.cache.KeyCount;
import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Event;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RecordingMetricsTest {

    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;

    private final AtomicLong clock = new AtomicLong(-17);
    private final AtomicLong clockReadings = new AtomicLong();
    private final SplittableRandom random = new SplittableRandom(42);
    private final RecordingMetrics metrics =
            new RecordingMetrics(List.of("users", "blocks"), this::nanoTime, random::nextInt);
    private final CacheObserver.OfCache users = metrics.cache("users", () -> 3);
    private final CacheObserver.OfCache blocks = metrics.cache("blocks", () -> 10);

    @Test
    void countsReadsByTierPerCacheAndInTotal() {
        repeat(70, () -> users.localHit("u", now()));
        repeat(20, () -> users.remoteHit("u", now()));
        repeat(10, () -> users.miss("u", now()));
        repeat(100, () -> blocks.miss("b", now()));

        CacheStats stats = metrics.stats("users");
        assertThat(stats.reads()).isEqualTo(new CacheStats.Reads(70, 20, 10));
        assertThat(stats.hits()).isEqualTo(90);
        assertThat(stats.misses()).isEqualTo(10);
        assertThat(stats.hitRate()).isEqualTo(0.9);
        assertThat(stats.missRate()).isEqualTo(0.1);
        assertThat(metrics.stats().reads()).isEqualTo(new CacheStats.Reads(70, 20, 110));
        assertThat(metrics.stats().hitRate()).isEqualTo(0.45);
    }

    @Test
    void countsLoadsAndFailures() {
        users.loaded("u", 0, true);
        users.loaded("u", 0, true);
        users.loaded("u", 0, false);
        users.joined("u");
        users.stale("u");
        users.unreadable("u", new IllegalStateException());
        users.unavailable("get", new IllegalStateException());
        metrics.unavailable("beat", new IllegalStateException());
        metrics.invalidated(new Event.Cleared("users"));
        metrics.invalidated(new Event.Keys(List.of("u")));
        metrics.invalidated(new Event.Tags(List.of("t")));
        metrics.invalidated(new Event.Pattern("*"));
        metrics.invalidated(new Event.All());
        metrics.invalidated(new Event.Marker());

        assertThat(metrics.stats("users").loads()).isEqualTo(new CacheStats.Loads(2, 1, 1, 1, 1, 1, 1));
        assertThat(metrics.stats("blocks").loads()).isEqualTo(new CacheStats.Loads(0, 0, 0, 0, 0, 0, 0));
        assertThat(metrics.stats().loads()).isEqualTo(new CacheStats.Loads(2, 1, 1, 1, 2, 5, 1));
    }

    @Test
    void addsTheNearCachesOfOneNameTogether() {
        metrics.cache("users", () -> 4);

        assertThat(metrics.stats("users").localEntries()).isEqualTo(7);
        assertThat(metrics.stats().localEntries()).isEqualTo(17);
    }

    @Test
    void knowsEveryNamedCacheFromTheStartAndNamesThemForAnUnknownOne() {
        RecordingMetrics fresh = new RecordingMetrics(List.of("b", "a"), this::nanoTime, random::nextInt);

        assertThat(fresh.stats("a").requests()).isZero();
        assertThat(fresh.stats("a").averageResponseTime()).isEqualTo(Duration.ZERO);
        assertThat(fresh.stats("a").hitRate()).isZero();
        assertThatThrownBy(() -> fresh.stats("c"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("No cache is named 'c'. There are: a, b.");
    }

    @Test
    void averagesFewReadsExactly() {
        repeat(9, () -> users.localHit("u", now() - MICRO));
        users.miss("u", now() - 991 * MICRO);

        assertThat(metrics.stats("users").averageResponseTime()).isEqualTo(Duration.ofNanos(100 * MICRO));
        assertThat(metrics.stats().averageResponseTime()).isEqualTo(Duration.ofNanos(100 * MICRO));
    }

    @Test
    void theSampledAverageIsUnbiased() {
        long reads = 1_000_000;
        long nanos = 0;
        for (int i = 0; i < reads; i++) {
            long took = i % 100 == 0 ? 2 * MILLI : i % 10 == 0 ? 300 * MICRO : i < 1000 ? 50 * MICRO : MICRO;
            nanos += took;
            if (i % 100 == 0) {
                users.miss("u", now() - took);
            } else if (i % 10 == 0) {
                users.remoteHit("u", now() - took);
            } else {
                users.localHit("u", now() - took);
            }
        }

        double mean = (double) nanos / reads;
        assertThat((double) metrics.stats("users").averageResponseTime().toNanos())
                .isCloseTo(mean, within(mean * 0.01));
    }

    @Test
    void theSlowFirstReadsWeighNoMoreThanOthers() {
        repeat(CacheFigures.TIMED_AT_FIRST, () -> users.localHit("u", now() - 100 * MICRO));
        repeat(100 * CacheFigures.TIMED_AT_FIRST, () -> users.localHit("u", now() - MICRO));

        double mean = (100 + 100) / 101.0 * MICRO;
        assertThat((double) metrics.stats("users").averageResponseTime().toNanos())
                .isCloseTo(mean, within(mean * 0.3));
    }

    @Test
    void aPeriodicPatternDoesNotBiasTheSamples() {
        long reads = 64 * 20_000;
        for (int i = 0; i < reads; i++) {
            users.localHit("u", now() - (i % 64 == 0 ? 64 * MICRO : 0));
        }

        assertThat((double) metrics.stats("users").averageResponseTime().toNanos())
                .isCloseTo(MICRO, within(0.2 * MICRO));
    }

    @Test
    void aClockThatDisagreesNeverMakesATimeNegative() {
        users.miss("u", now() + MILLI);

        assertThat(metrics.stats("users").averageResponseTime()).isEqualTo(Duration.ZERO);
    }

    @Test
    void requestsPerSecondAreThoseOfTheLastMinute() {
        everySecondFor(120, () -> repeat(10, () -> users.miss("u", now())));
        assertThat(metrics.stats("users").requestsPerSecond()).isCloseTo(10, within(0.01));

        everySecondFor(30, () -> repeat(40, () -> users.miss("u", now())));
        assertThat(metrics.stats("users").requestsPerSecond()).isCloseTo(25, within(0.01));
        assertThat(metrics.stats().requestsPerSecond()).isCloseTo(25, within(0.01));

        everySecondFor(61, () -> {});
        assertThat(metrics.stats("users").requestsPerSecond()).isZero();
    }

    @Test
    void requestsPerSecondCountFromTheStartWhileThatIsShorter() {
        repeat(10, () -> users.miss("u", now()));
        assertThat(metrics.stats("users").requestsPerSecond()).isEqualTo(10);

        everySecondFor(5, () -> repeat(10, () -> users.miss("u", now())));
        assertThat(metrics.stats("users").requestsPerSecond()).isCloseTo(12, within(0.01));
    }

    @Test
    void requestsPerSecondNeedNoTickWhereSomebodyReadsThem() {
        for (int i = 0; i < 100; i++) {
            repeat(30, () -> users.miss("u", now()));
            clock.addAndGet(3_000 * MILLI);
            metrics.stats();
        }

        assertThat(metrics.stats("users").requestsPerSecond()).isCloseTo(10, within(0.01));
    }

    @Test
    void requestsPerSecondNeedNoTickWhileThereIsTraffic() {
        passSecondsWithoutTick(3_600, () -> {});
        passSecondsWithoutTick(30, () -> repeat(10, () -> users.miss("u", now())));
        assertThat(metrics.stats("users").requestsPerSecond()).isCloseTo(5, within(0.2));

        passSecondsWithoutTick(90, () -> repeat(10, () -> users.miss("u", now())));
        assertThat(metrics.stats("users").requestsPerSecond()).isCloseTo(10, within(0.2));

        passSecondsWithoutTick(3_600, () -> {});
        assertThat(metrics.stats("users").requestsPerSecond()).isCloseTo(0, within(0.01));
    }

    @Test
    void resetStartsEveryFigureAnew() {
        everySecondFor(70, () -> repeat(100, () -> users.localHit("u", now() - MILLI)));
        users.miss("u", now());
        metrics.invalidated(new Event.All());

        metrics.reset();
        assertThat(metrics.stats("users").reads()).isEqualTo(new CacheStats.Reads(0, 0, 0));
        assertThat(metrics.stats().loads()).isEqualTo(new CacheStats.Loads(0, 0, 0, 0, 0, 0, 0));
        assertThat(metrics.stats("users").requestsPerSecond()).isZero();
        assertThat(metrics.stats("users").averageResponseTime()).isEqualTo(Duration.ZERO);
        assertThat(metrics.stats("users").localEntries()).isEqualTo(3);
        assertThat(metrics.topHitKeys(10)).isEmpty();
        assertThat(metrics.topMissKeys(10)).isEmpty();

        users.localHit("u", now() - MICRO);
        assertThat(metrics.stats("users").averageResponseTime()).isEqualTo(Duration.ofNanos(MICRO));
        assertThat(metrics.topHitKeys(10)).containsExactly(new KeyCount("users", "u", 1));
    }

    @Test
    void topKeysAreExactAtLowRates() {
        for (int key = 1; key <= 50; key++) {
            String name = "k" + key;
            repeat(key, () -> users.localHit(name, now()));
            repeat(51 - key, () -> users.miss(name, now()));
        }
        repeat(3, () -> blocks.remoteHit("k50", now()));

        assertThat(metrics.topHitKeys(3))
                .containsExactly(
                        new KeyCount("users", "k50", 50),
                        new KeyCount("users", "k49", 49),
                        new KeyCount("users", "k48", 48));
        assertThat(metrics.topHitKeys(1000))
                .hasSize(51)
                .contains(new KeyCount("blocks", "k50", 3), new KeyCount("users", "k1", 1));
        assertThat(metrics.topMissKeys(2))
                .containsExactly(new KeyCount("users", "k1", 50), new KeyCount("users", "k2", 49));
        assertThat(metrics.topHitKeys(0)).isEmpty();
    }

    @Test
    void topKeysAreWeightedSamplesAtHighRates() {
        everySecondFor(5, () -> {
            for (int i = 0; i < 200_000; i++) {
                users.localHit(i % 4 == 0 ? "hot" : i % 8 == 1 ? "warm" : "cold" + i % 500, now());
            }
        });

        List<KeyCount> top = metrics.topHitKeys(2);
        assertThat(top).extracting(KeyCount::key).containsExactly("hot", "warm");
        assertThat((double) top.get(0).count()).isCloseTo(250_000, within(15_000.0));
        assertThat((double) top.get(1).count()).isCloseTo(125_000, within(11_000.0));
    }

    @Test
    void topKeysAreExactAgainWhenTheRateFalls() {
        repeat(500_000, () -> users.localHit("busy", now()));
        everySecondFor(2, () -> {});

        repeat(1_000, () -> users.localHit("quiet", now()));

        assertThat(metrics.topHitKeys(10)).contains(new KeyCount("users", "quiet", 1_000));
    }

    @Test
    void aScanOfManyKeysDoesNotPushTheHotOnesOut() {
        for (int i = 0; i < 300_000; i++) {
            users.miss(i % 10 == 0 ? "hot" : "scan" + i, now());
            if (i % 1_000 == 0) {
                clock.addAndGet(1_000 * MILLI);
                metrics.tick();
            }
        }

        assertThat(metrics.topMissKeys(1)).extracting(KeyCount::key).containsExactly("hot");
        assertThat(metrics.topMissKeys(100_000)).hasSizeLessThan(HotKeys.MAP_SIZE);
    }

    @Test
    void aNearCacheHitReadsTheClockOnlyWhenSampledAndAllocatesNothingMost() {
        repeat(1_000_000, () -> users.localHit("u", 0));
        clockReadings.set(0);
        long allocated = allocatedBytes();
        for (int i = 0; i < 1_000_000; i++) {
            users.localHit("u", 0);
        }
        allocated = allocatedBytes() - allocated;

        assertThat(clockReadings.get()).isLessThan(1_000_000 / CacheFigures.TIMING_STRIDE * 3);
        assertThat(allocated / 1_000_000.0).isLessThan(4);
    }

    @Test
    void losesNoCountBetweenThreads() throws Exception {
        RecordingMetrics shared = new RecordingMetrics(
                List.of(), System::nanoTime, () -> ThreadLocalRandom.current().nextInt());
        CacheObserver.OfCache cache = shared.cache("users", () -> 0);
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = Stream.generate(() -> new Thread(() -> {
                    awaitQuietly(start);
                    repeat(100_000, () -> cache.localHit("u", System.nanoTime()));
                    repeat(1_000, () -> cache.miss("m", System.nanoTime()));
                }))
                .limit(4)
                .toList();
        threads.forEach(Thread::start);
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(shared.stats("users").reads()).isEqualTo(new CacheStats.Reads(400_000, 0, 4_000));
        long counted = shared.topMissKeys(1).get(0).count();
        assertThat(counted).isLessThanOrEqualTo(4_000 * KeySampler.LONGEST_STRIDE);
        assertThat(shared.topHitKeys(1)).extracting(KeyCount::key).containsExactly("u");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private long nanoTime() {
        clockReadings.incrementAndGet();
        return clock.get();
    }

    private long now() {
        return clock.get();
    }

    private void everySecondFor(int seconds, Runnable step) {
        for (int i = 0; i < seconds; i++) {
            step.run();
            clock.addAndGet(1_000 * MILLI);
            metrics.tick();
        }
    }

    private void passSecondsWithoutTick(int seconds, Runnable step) {
        for (int i = 0; i < seconds; i++) {
            step.run();
            clock.addAndGet(1_000 * MILLI);
        }
    }

    private static void repeat(int times, Runnable step) {
        for (int i = 0; i < times; i++) {
            step.run();
        }
    }
}
