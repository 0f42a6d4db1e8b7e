package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Head;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Callers that begin, join and end the loads of one key.
 *
 * <p>Without invalidations, each step is linearizable. Beside them {@code joinable} may find none although one flight has
 * just taken another's place: it reads the flight, then judges it. What holds is that nobody joins a flight whose value was
 * invalidated before the caller came.
 */
@Tag("interleavings")
class FlightsInterleavingsTest {

    @Test
    void oneCallerLeadsAndTheOthersJoin() {
        Interleavings.explore(
                Callers.class,
                OneFlight.class,
                new Interleavings.Script(
                        List.of(),
                        List.of(Interleavings.step(Callers.class, "begin", 0)),
                        List.of(Interleavings.step(Callers.class, "begin", 1)),
                        List.of(Interleavings.step(Callers.class, "joinable"))));
    }

    @Test
    void nobodyJoinsAFlightWhoseInvalidationReturned() {
        Interleavings.explore(
                CallersBesideWriters.class,
                NoOldFlight.class,
                new Interleavings.Script(
                        List.of(step("begins"), step("issues")),
                        List.of(step("forgets")),
                        List.of(step("joins"), step("begins")),
                        List.of(step("joins"))));
    }

    private static Actor step(String name) {
        return Interleavings.step(CallersBesideWriters.class, name);
    }

    /** The flights of one key on a node whose timeline stands at 100. */
    private static class Loads {

        private static final Subject SUBJECT = new Subject("cache", "key", List.of());

        final Timeline timeline = new Timeline(1, Duration.ofDays(1), 0);
        final Flights<String> flights = new Flights<>(node(timeline));

        Loads() {
            timeline.reset(head(100), 0);
        }

        static Flight<String> flight() {
            return new Flight<>(SUBJECT, new LoaderThread(null), 0, Long.MAX_VALUE);
        }

        static Head head(long position) {
            return new Head(1, "r", position, "e" + position, 0);
        }

        private static Node node(Timeline timeline) {
            Environment environment = new Environment(() -> 0, (delay, task) -> () -> {}, Runnable::run, () -> 1L);
            return new Node(
                    null,
                    null,
                    null,
                    environment,
                    null,
                    timeline,
                    new ServerClock(),
                    new AtomicLong(),
                    new LoadingThreads());
        }
    }

    @Param(name = "flight", gen = IntGen.class, conf = "0:2")
    public static final class Callers {

        private final Loads loads = new Loads();
        private final List<Flight<String>> all = List.of(Loads.flight(), Loads.flight(), Loads.flight());

        @Operation
        public int begin(@Param(name = "flight") int own) {
            return all.indexOf(loads.flights.begin(all.get(own)));
        }

        @Operation
        public int joinable() {
            Flight<String> found = loads.flights.joinable(Loads.SUBJECT.key());
            return found == null ? -1 : all.indexOf(found);
        }

        @Operation
        public void close(@Param(name = "flight") int flight) {
            loads.flights.close(all.get(flight));
        }
    }

    public static final class OneFlight {

        private int running = -1;

        public int begin(int own) {
            running = running < 0 ? own : running;
            return running;
        }

        public int joinable() {
            return running;
        }

        public void close(int flight) {
            running = running == flight ? -1 : running;
        }
    }

    public static final class CallersBesideWriters {

        private static final Event COVERING = new Event.Keys(List.of(Loads.SUBJECT.key()));
        private static final Event OTHER = new Event.Keys(List.of("other"));

        private final Loads loads = new Loads();
        private volatile Flight<String> last;
        private volatile Flight<String> old;

        /** A load departs; its value is born before whatever is issued from now on. */
        @Operation
        public boolean begins() {
            Flight<String> tooOld = old;
            Flight<String> own = Loads.flight();
            own.depart(Loads.head(100));
            Flight<String> joined = loads.flights.begin(own);
            last = joined;
            return joined == tooOld;
        }

        @Operation
        public boolean joins() {
            Flight<String> tooOld = old;
            Flight<String> joined = loads.flights.joinable(Loads.SUBJECT.key());
            return joined != null && joined == tooOld;
        }

        /** The last load's value is invalidated. */
        @Operation
        public void issues() {
            Flight<String> departed = last;
            loads.timeline.recordOwn(COVERING, 110);
            old = departed;
        }

        /** Another event makes the timeline forget that. */
        @Operation
        public void forgets() {
            loads.timeline.recordOwn(OTHER, 120);
        }
    }

    public static final class NoOldFlight {

        public boolean begins() {
            return false;
        }

        public boolean joins() {
            return false;
        }

        public void issues() {}

        public void forgets() {}
    }
}
