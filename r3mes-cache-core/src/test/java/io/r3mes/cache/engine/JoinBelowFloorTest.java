package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.OnFailover;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Head;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A load is joined only while the node remembers every invalidation since the load's birth. */
class JoinBelowFloorTest {

    private final Timeline timeline = new Timeline(2, Duration.ofSeconds(1), 0);
    private final Subject subject = new Subject("versions", "version:a", List.of());

    @Test
    void doesNotJoinLoadBornBeforeWhatTheNodeForgot() {
        timeline.reset(new Head(1, "r", 100, "x", 100), 0);
        Flight<Long> flight = new Flight<>(subject, new LoaderThread(null), 0, Long.MAX_VALUE);
        flight.depart(new Head(1, "r", 100, "x", 100));
        assertThat(flight.isJoinable(timeline, 0)).isTrue();

        timeline.recordOwn(new Event.Keys(List.of("version:a")), 101);
        timeline.recordOwn(new Event.Keys(List.of("version:b")), 102);
        timeline.recordOwn(new Event.Keys(List.of("version:c")), 103);

        assertThat(flight.isJoinable(timeline, 0)).isFalse();
        assertThat(Flight.isValid(new Flight.Landing<>(new Answer.Value<>(1L), subject, 1, 100), timeline, 0))
                .isFalse();
    }

    @Test
    void doesNotJoinLoadBornBeforeTheTimelineStartedOver() {
        timeline.reset(new Head(1, "r", 100, "x", 100), 0);
        Flight<Long> flight = new Flight<>(subject, new LoaderThread(null), 0, Long.MAX_VALUE);
        flight.depart(new Head(1, "r", 100, "x", 100));

        timeline.reset(new Head(1, "r", 200, "z", 200), 0);

        assertThat(flight.isJoinable(timeline, 0)).isFalse();
    }

    @Test
    void issuerNeverJoinsLoadThatItsForgottenInvalidationCovers() throws Exception {
        EngineConfig.Coherence forgetful = new EngineConfig.Coherence(Duration.ofSeconds(5), 1, 10, OnFailover.REPLAY);
        try (EngineFixture nodes = new EngineFixture()) {
            CacheEngine node = nodes.start(
                    EngineFixture.policy(),
                    EngineFixture.letThrough(),
                    EngineFixture.letThrough(),
                    nodes.threads,
                    forgetful);
            Cache<String, Long> cache = EngineFixture.cache(node);
            CompletableFuture<Void> started = new CompletableFuture<>();
            CompletableFuture<Long> old = new CompletableFuture<>();
            CompletableFuture<Long> first = cache.async().get("a", (id, context) -> {
                started.complete(null);
                return old;
            });
            started.join();
            cache.delete("a");
            cache.delete("b");
            CompletableFuture<Long> second =
                    cache.async().get("a", (id, context) -> CompletableFuture.completedFuture(2L));
            nodes.timer.schedule(() -> old.complete(1L), 200, java.util.concurrent.TimeUnit.MILLISECONDS);
            assertThat(second.join()).isEqualTo(2L);
            assertThat(first.join()).isEqualTo(1L);
        }
    }
}
