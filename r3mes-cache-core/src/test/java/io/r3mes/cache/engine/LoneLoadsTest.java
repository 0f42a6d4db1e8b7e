package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.spi.Event;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is kept of loads without Redis, and for how long. */
class LoneLoadsTest {

    private final LoneLoads<Integer> loads = new LoneLoads<>(3, Duration.ofNanos(10), Duration.ofNanos(100));

    @Test
    void keepsTheLatestUpToItsBound() {
        for (int i = 0; i < 5; i++) {
            load("k" + i, i);
        }
        assertThat(loads.size()).isEqualTo(3);
        assertThat(loads.turn(read("k4", 4), false, 4)).isInstanceOf(LoneLoads.Kept.class);
        assertThat(loads.turn(read("k1", 4), false, 4)).isInstanceOf(LoneLoads.Lead.class);
    }

    @Test
    void dropsWhatIsExpiredAndSaysWhenToSweep() {
        assertThat(load("a", 0)).as("the first value asks for a sweep").isTrue();
        assertThat(load("b", 5)).isFalse();
        assertThat(loads.sweep(10)).isTrue();
        assertThat(loads.size()).isEqualTo(2);
        assertThat(loads.sweep(11)).isTrue();
        assertThat(loads.size()).isEqualTo(1);
        assertThat(loads.sweep(16)).isFalse();
        assertThat(loads.size()).isZero();
        assertThat(load("c", 20)).isTrue();
    }

    @Test
    void whoeverComesBeforeTheLoaderIsCalledJoinsEvenAfterAnInvalidation() {
        LoneLoads.Lead<Integer> lead = (LoneLoads.Lead<Integer>) loads.turn(read("a", 0), false, 0);
        loads.recorded(new Event.Keys(List.of("a")));
        assertThat(loads.turn(read("a", 50), true, 50)).isInstanceOf(LoneLoads.Join.class);
        loads.called(lead.load(), 60);
        loads.land(lead.load(), new Answer.Value<>(1), stored("a"));
        assertThat(loads.turn(read("a", 61), false, 61)).isInstanceOf(LoneLoads.Kept.class);
    }

    @Test
    void whoeverComesAfterTheInvalidationOfATagThatTheLoaderMayDecideWaitsForItsEnd() {
        LoneLoads.Lead<Integer> lead = (LoneLoads.Lead<Integer>) loads.turn(read("a", 0), false, 0);
        loads.called(lead.load(), 0);
        assertThat(loads.turn(read("a", 1), false, 1)).isInstanceOf(LoneLoads.Join.class);
        loads.recorded(new Event.Tags(List.of("decided")));
        assertThat(loads.turn(read("a", 2), false, 2)).isInstanceOf(LoneLoads.Await.class);
        Subject tagged = subject("a").withTags(List.of("decided"));
        loads.land(lead.load(), new Answer.Value<>(1), new LoneLoads.Stored(tagged, Long.MAX_VALUE));
        assertThat(loads.turn(read("a", 2), false, 2)).isInstanceOf(LoneLoads.Lead.class);
    }

    @Test
    void aLoadWhoseLoaderWasNeverCalledKeepsNothing() {
        LoneLoads.Lead<Integer> lead = (LoneLoads.Lead<Integer>) loads.turn(read("a", 0), false, 0);
        loads.land(lead.load(), null, stored("a"));
        assertThat(loads.size()).isZero();
    }

    private boolean load(String key, long now) {
        LoneLoads.Lead<Integer> lead = (LoneLoads.Lead<Integer>) loads.turn(read(key, now), false, now);
        loads.called(lead.load(), now);
        return loads.land(lead.load(), new Answer.Value<>(1), stored(key));
    }

    private static LoneLoads.Stored stored(String key) {
        return new LoneLoads.Stored(subject(key), Long.MAX_VALUE);
    }

    private static Subject subject(String key) {
        return new Subject("c", key, List.of());
    }

    private static Read<Integer> read(String key, long now) {
        return new Read<>(subject(key), key, context -> CompletableFuture.completedFuture(0), Runnable::run, null, now);
    }
}
