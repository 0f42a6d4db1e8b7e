package io.r3mes.cache.engine;

import static io.r3mes.cache.engine.Interleavings.step;

import io.r3mes.cache.spi.Event;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** Callers that load and share without Redis, beside invalidations of this node, while the clock stands still. */
class LoneLoadsInterleavingsTest {

    @Test
    void nobodyTakesWhatWasReadBeforeAnInvalidationThatReturned() {
        Interleavings.explore(
                Callers.class,
                NothingOld.class,
                new Interleavings.Script(
                        List.of(step(Callers.class, "begins")),
                        List.of(step(Callers.class, "invalidates"), step(Callers.class, "reads")),
                        List.of(step(Callers.class, "lands")),
                        List.of(step(Callers.class, "reads"))),
                new Interleavings.Script(
                        List.of(),
                        List.of(step(Callers.class, "begins"), step(Callers.class, "lands")),
                        List.of(step(Callers.class, "invalidates")),
                        List.of(step(Callers.class, "reads"))));
    }

    @Test
    void neitherDoThreadsThatRunFreely() {
        Interleavings.stress(Callers.class, NothingOld.class);
    }

    /** The callers of one key; the source holds the number of the last write. */
    public static final class Callers {

        private static final Subject SUBJECT = new Subject("cache", "key", List.of("tag"));
        private static final Event COVERING = new Event.Tags(List.of("tag"));

        private final LoneLoads<Integer> loads = new LoneLoads<>(10, Duration.ofDays(1), Duration.ofDays(1));
        private volatile int written;
        private volatile int invalidated;
        private volatile Departed last;

        private record Departed(LoneLoads.Load<Integer> load, int value) {}

        /** A load begins, if none is to be shared, and reads the source. */
        @Operation
        public void begins() {
            if (loads.turn(read(), false, 0) instanceof LoneLoads.Lead<Integer> lead) {
                loads.called(lead.load(), 0);
                last = new Departed(lead.load(), written);
            }
        }

        @Operation
        public void lands() {
            Departed departed = last;
            if (departed != null) {
                loads.land(
                        departed.load(),
                        new Answer.Value<>(departed.value()),
                        new LoneLoads.Stored(SUBJECT, Long.MAX_VALUE));
            }
        }

        /** Whether a caller gets, or waits for, what is older than an invalidation that returned before it came. */
        @Operation
        public boolean reads() {
            int due = invalidated;
            LoneLoads.Turn<Integer> turn = loads.turn(read(), false, 0);
            if (turn instanceof LoneLoads.Kept<Integer> kept) {
                return kept.value() < due;
            }
            if (turn instanceof LoneLoads.Lead<Integer> lead) {
                loads.land(lead.load(), null, new LoneLoads.Stored(SUBJECT, 0));
            }
            Departed departed = last;
            return turn instanceof LoneLoads.Join<Integer> join
                    && departed != null
                    && departed.load() == join.load()
                    && departed.value() < due;
        }

        @Operation
        public void invalidates() {
            int write;
            synchronized (SUBJECT) {
                write = ++written;
            }
            loads.recorded(COVERING);
            synchronized (SUBJECT) {
                invalidated = Math.max(invalidated, write);
            }
        }

        private static Read<Integer> read() {
            return new Read<>(SUBJECT, "key", context -> CompletableFuture.completedFuture(0), Runnable::run, null, 0);
        }
    }

    public static final class NothingOld {

        public void begins() {}

        public void lands() {}

        public boolean reads() {
            return false;
        }

        public void invalidates() {}
    }
}
