package io.r3mes.cache.memory;

import static io.r3mes.cache.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.spi.InvalidationLog.NodeBeat;
import io.r3mes.cache.spi.NodeState;
import io.r3mes.cache.spi.Nodes;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What memory forgets, and when. */
class MemoryTimeTest {

    private final AtomicLong micros = new AtomicLong(1_000_000_000);
    private final MemoryAdapter adapter = new MemoryAdapter(
            new Environment(() -> 0, (delay, task) -> () -> {}, Runnable::run, new SecureRandom()), micros::get);
    private final InvalidationLog log = adapter.invalidationLog();

    @Test
    void trimsTheLogAfterTenMinutes() {
        append(new Event.Keys(List.of("old")));
        pass(Duration.ofMinutes(9));
        append(new Event.Keys(List.of("recent")));
        pass(Duration.ofMinutes(2));
        append(new Event.Keys(List.of("new")));
        assertThat(result(log.read(0, 10, Duration.ZERO))).hasSize(2);
    }

    @Test
    void forgetsANodeAMinuteAfterItTrustsItsNearCacheNoMore() {
        result(log.beat(new NodeBeat("n", 1, Duration.ofMillis(500))));
        result(log.beat(new NodeBeat("trusting", 1, Duration.ofSeconds(60))));
        pass(Duration.ofSeconds(60));
        assertThat(result(log.nodes()))
                .isEqualTo(new Nodes(
                        List.of(
                                new NodeState("n", 1, 60_000_000, 500_000),
                                new NodeState("trusting", 1, 60_000_000, 60_000_000)),
                        60_000_000));
        pass(Duration.ofSeconds(1));
        assertThat(result(log.nodes()).states()).extracting(NodeState::node).containsExactly("trusting");
        pass(Duration.ofSeconds(60));
        assertThat(result(log.nodes())).isEqualTo(new Nodes(List.of(), 121_000_000));
    }

    @Test
    void forgetsAStampAfterADay() {
        long stamped = append(new Event.Tags(List.of("t")));
        long later = append(new Event.Keys(List.of("k")));
        pass(Duration.ofHours(23));
        assertThat(result(log.marks(List.of("t"), 0)).newestTag()).isEqualTo(stamped);
        pass(Duration.ofHours(2));
        assertThat(result(log.marks(List.of("t"), 0)).newestTag()).isEqualTo(later);
    }

    @Test
    void positionsFollowTheClock() {
        long first = append(new Event.All());
        pass(Duration.ofSeconds(1));
        assertThat(append(new Event.All())).isGreaterThanOrEqualTo(first + 999_998);
    }

    @Test
    void aFullMapGivesUpWhatExpiresFirst() {
        ExpiringMap<Integer> map = new ExpiringMap<>(micros::get, 2);
        map.put("long", 1, 1_000);
        map.put("short", 2, 100);
        map.put("new", 3, 500);
        assertThat(map.get("short")).isNull();
        assertThat(map.get("long")).isEqualTo(1);
        assertThat(map.get("new")).isEqualTo(3);
        micros.addAndGet(500);
        assertThat(map.get("new")).isNull();
        assertThat(map.get("long")).isEqualTo(1);
    }

    private long append(Event event) {
        return result(log.append(Append.of(event, 0))).position();
    }

    private void pass(Duration duration) {
        micros.addAndGet(TimeUnit.NANOSECONDS.toMicros(duration.toNanos()));
    }
}
