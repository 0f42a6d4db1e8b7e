package io.r3mes.cache.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.r3mes.cache.CoherenceStatus;
import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Event;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MicrometerCacheMetricsTest {

    private final RecordingMetrics metrics =
            new RecordingMetrics(List.of("users", "blocks"), System::nanoTime, () -> 0);
    private final AtomicReference<CoherenceStatus> status =
            new AtomicReference<>(new CoherenceStatus(true, false, 0, 0, 0));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @BeforeEach
    void bind() {
        new MicrometerCacheMetrics(metrics, status::get).bindTo(registry);
    }

    @Test
    void showsTheFiguresOfEachCache() {
        CacheObserver.OfCache users = metrics.cache("users", () -> 5);
        users.localHit("k", 0);
        users.localHit("k", 0);
        users.remoteHit("k", 0);
        users.miss("k", 0);
        users.loaded("k", 0, true);
        users.loaded("k", 0, false);
        users.joined("k");
        users.degradedHit("k");
        users.overLimit("k");
        users.timedOut("k");
        users.stale("k");
        users.unreadable("k", new IllegalStateException());
        users.unavailable("get", new IllegalStateException());

        assertThat(value("cache.gets", "users", "result", "hit")).isEqualTo(3);
        assertThat(value("cache.gets", "users", "result", "miss")).isEqualTo(1);
        assertThat(value("cache.gets", "blocks", "result", "miss")).isZero();
        assertThat(value("r3mes.cache.tier.gets", "users", "tier", "l1")).isEqualTo(2);
        assertThat(value("r3mes.cache.tier.gets", "users", "tier", "l2")).isEqualTo(1);
        assertThat(value("r3mes.cache.loads", "users", "result", "success")).isEqualTo(1);
        assertThat(value("r3mes.cache.loads", "users", "result", "failure")).isEqualTo(1);
        assertThat(value("r3mes.cache.joined", "users")).isEqualTo(1);
        assertThat(value("r3mes.cache.degraded", "users")).isEqualTo(1);
        assertThat(value("r3mes.cache.loads.over.limit", "users")).isEqualTo(1);
        assertThat(value("r3mes.cache.loads.timed.out", "users")).isEqualTo(1);
        assertThat(value("r3mes.cache.stale", "users")).isEqualTo(1);
        assertThat(value("r3mes.cache.unreadable", "users")).isEqualTo(1);
        assertThat(value("r3mes.cache.unavailable", "users")).isEqualTo(1);
        assertThat(value("cache.size", "users")).isEqualTo(5);
    }

    @Test
    void showsTheCoherenceOfTheNode() {
        metrics.invalidated(new Event.Keys(List.of("a")));
        metrics.invalidated(new Event.Tags(List.of("a")));
        metrics.invalidated(new Event.Tags(List.of("b")));
        metrics.unavailable("beat", new IllegalStateException());
        metrics.discontinuity("gap");
        metrics.replayed(3, Duration.ofMillis(5));
        metrics.fenced(true);
        metrics.fenced(false);
        status.set(new CoherenceStatus(false, true, 7, 4, 2));

        assertThat(nodeValue("r3mes.cache.invalidations", "scope", "key")).isEqualTo(1);
        assertThat(nodeValue("r3mes.cache.invalidations", "scope", "tag")).isEqualTo(2);
        assertThat(nodeValue("r3mes.cache.invalidations", "scope", "all")).isZero();
        assertThat(nodeValue("r3mes.cache.coherence.unavailable")).isEqualTo(1);
        assertThat(nodeValue("r3mes.cache.coherence.discontinuities")).isEqualTo(1);
        assertThat(nodeValue("r3mes.cache.coherence.replayed")).isEqualTo(3);
        assertThat(nodeValue("r3mes.cache.coherence.fencings")).isEqualTo(1);
        assertThat(nodeValue("r3mes.cache.coherence.fenced")).isEqualTo(1);
        assertThat(nodeValue("r3mes.cache.coherence.pending")).isEqualTo(4);
        assertThat(nodeValue("r3mes.cache.redis.circuits.open")).isEqualTo(2);
    }

    @Test
    void countersNeverFallWhenTheStatisticsAreReset() {
        CacheObserver.OfCache users = metrics.cache("users", () -> 0);
        users.miss("k", 0);
        metrics.invalidated(new Event.All());
        metrics.reset();
        users.miss("k", 0);

        assertThat(value("cache.gets", "users", "result", "miss")).isEqualTo(2);
        assertThat(nodeValue("r3mes.cache.invalidations", "scope", "all")).isEqualTo(1);
        assertThat(metrics.stats("users").misses()).isEqualTo(1);
    }

    @Test
    void noTagHoldsAKeyACacheTagOrAnId() {
        metrics.cache("users", () -> 0).miss("user:info:w1", 0);
        metrics.invalidated(new Event.Keys(List.of("user:info:w1")));
        metrics.invalidated(new Event.Tags(List.of("user:w1")));

        Set<String> values = registry.getMeters().stream()
                .flatMap(meter -> meter.getId().getTags().stream())
                .map(Tag::getValue)
                .collect(Collectors.toSet());
        assertThat(values)
                .containsOnly(
                        "r3mes", "users", "blocks", "hit", "miss", "l1", "l2", "success", "failure", "key", "tag",
                        "pattern", "cache", "all");
        assertThat(registry.getMeters()).allMatch(meter -> meter.getId().getDescription() != null);
    }

    @Test
    void metersOfOneNameHaveTheSameTagKeys() {
        registry.getMeters().stream()
                .collect(Collectors.groupingBy(meter -> meter.getId().getName()))
                .forEach((name, meters) -> assertThat(meters.stream()
                                .map(meter -> meter.getId().getTags().stream()
                                        .map(Tag::getKey)
                                        .toList())
                                .distinct())
                        .as(name)
                        .hasSize(1));
    }

    private double value(String name, String cache, String... tags) {
        return first(registry.get(name)
                .tags("cache", cache, "name", cache, "cache.manager", "r3mes")
                .tags(tags)
                .meter());
    }

    private double nodeValue(String name, String... tags) {
        return first(
                registry.get(name).tags("cache.manager", "r3mes").tags(tags).meter());
    }

    private static double first(Meter meter) {
        return meter.measure().iterator().next().getValue();
    }
}
