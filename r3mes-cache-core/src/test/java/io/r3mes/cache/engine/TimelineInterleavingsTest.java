package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.LocalEntry;
import io.r3mes.cache.spi.LogEntry;
import java.time.Duration;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.lincheck.datastructures.BooleanGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Readers of the timeline, which take no lock, beside its writers.
 *
 * <p>One judgement, "records, then floor", on one birth is linearizable. Two judgements on different births are not: a
 * writer raises the floor before it records, so an older birth may be refused before a younger one is. {@code admits} is
 * not linearizable either, because it keeps what it proved in the entry, and of two proofs the older one may stay; what
 * holds is that no entry is served once an invalidation of it has returned.
 */
@Tag("interleavings")
class TimelineInterleavingsTest {

    @Test
    void judgesABirthAsIfInOneStep() {
        Actor judges = Interleavings.step(Judgements.class, "isValid");
        Interleavings.explore(
                Judgements.class,
                Verdicts.class,
                new Interleavings.Script(
                        List.of(),
                        List.of(
                                Interleavings.step(Judgements.class, "brings", true),
                                Interleavings.step(Judgements.class, "brings", false)),
                        List.of(judges, judges),
                        List.of(judges)));
    }

    @Test
    void servesNoEntryWhoseInvalidationReturned() {
        Actor serves = Interleavings.step(Servings.class, "servesWhatWasInvalidated");
        Interleavings.explore(
                Servings.class,
                NothingServed.class,
                new Interleavings.Script(
                        List.of(),
                        List.of(
                                Interleavings.step(Servings.class, "brings", true),
                                Interleavings.step(Servings.class, "brings", false)),
                        List.of(serves, serves),
                        List.of(serves)));
    }

    @Test
    void servesNoCopyWhoseInvalidationReturned() {
        Actor serves = Interleavings.step(Copies.class, "servesWhatWasInvalidated");
        Interleavings.explore(
                Copies.class,
                NothingServed.class,
                new Interleavings.Script(
                        List.of(),
                        List.of(Interleavings.step(Copies.class, "issues", true)),
                        List.of(serves, serves),
                        List.of(serves)));
    }

    @Test
    void servesNoCopyWhoseInvalidationReturnedAtFullSpeed() {
        Interleavings.stress(Copies.class, NothingServed.class);
    }

    /** A timeline that remembers one invalidation, its writers, and an entry that was born at its first head. */
    private static class Written {

        static final long BIRTH = 100;
        static final Subject SUBJECT = new Subject("cache", "key", List.of("tag"));

        private static final Event COVERING = new Event.Keys(List.of("key"));
        private static final Event OTHER = new Event.Keys(List.of("other"));

        final Timeline timeline = new Timeline(1, Duration.ofDays(1), 0);

        Written() {
            timeline.reset(head(BIRTH), 0);
        }

        void brings(boolean covering) {
            long last = timeline.head();
            timeline.apply(new LogEntry(last + 10, id(last + 10), id(last), covering ? COVERING : OTHER));
        }

        void issues(boolean covering) {
            timeline.recordOwn(covering ? COVERING : OTHER, BIRTH + 15);
        }

        void isCutOff() {
            timeline.reset(head(timeline.head() + 10), 0);
        }

        private static Head head(long position) {
            return new Head(1, "r", position, id(position), 0);
        }

        private static String id(long position) {
            return "e" + position;
        }
    }

    /** What a load, a join and a read of Redis ask. */
    public static final class Judgements {

        private final Written written = new Written();

        @Operation(nonParallelGroup = "log")
        public void brings(@Param(gen = BooleanGen.class) boolean covering) {
            written.brings(covering);
        }

        @Operation
        public void issues(@Param(gen = BooleanGen.class) boolean covering) {
            written.issues(covering);
        }

        @Operation
        public boolean isValid() {
            return !written.timeline.isCovered(Written.SUBJECT, Written.BIRTH)
                    && written.timeline.remembers(Written.BIRTH);
        }
    }

    /** A birth is valid until an event covers it, or one later than it was forgotten. */
    public static final class Verdicts {

        private boolean valid = true;
        private int recorded;

        public void brings(boolean covering) {
            recorded++;
            valid &= !covering && recorded <= 1;
        }

        public void issues(boolean covering) {
            brings(covering);
        }

        public boolean isValid() {
            return valid;
        }
    }

    /** An entry of the near cache, and whether an invalidation of it has returned. */
    private static final class Kept {

        final Written written = new Written();
        private volatile LocalEntry entry = entry(Written.BIRTH);
        private volatile boolean invalidated;

        void brings(boolean covering) {
            written.brings(covering);
            invalidated |= covering;
        }

        void issues(boolean covering) {
            written.issues(covering);
            invalidated |= covering;
        }

        /** A hit of the remote store takes the place of the entry. */
        void copies() {
            long watched = written.timeline.head();
            if (!written.timeline.isCovered(Written.SUBJECT, Written.BIRTH)
                    && written.timeline.remembers(Written.BIRTH)) {
                entry = entry(watched);
            }
        }

        boolean servesWhatWasInvalidated() {
            boolean before = invalidated;
            boolean served = written.timeline.admits(entry, Written.SUBJECT.cache(), 0);
            return before && served;
        }

        private static LocalEntry entry(long seen) {
            LocalEntry.Birth birth = new LocalEntry.Birth(1, Written.BIRTH, seen);
            return new LocalEntry("v", "key", List.of("tag"), birth, new LocalEntry.Times(1, 1));
        }
    }

    /** Readers of the near cache. */
    public static final class Servings {

        private final Kept kept = new Kept();

        @Operation(nonParallelGroup = "log")
        public void brings(@Param(gen = BooleanGen.class) boolean covering) {
            kept.brings(covering);
        }

        @Operation
        public boolean servesWhatWasInvalidated() {
            return kept.servesWhatWasInvalidated();
        }
    }

    /** The same beside own invalidations, copies from the remote store and a log that starts over. */
    public static final class Copies {

        private final Kept kept = new Kept();

        @Operation(nonParallelGroup = "log")
        public void brings(@Param(gen = BooleanGen.class) boolean covering) {
            kept.brings(covering);
        }

        @Operation
        public void issues(@Param(gen = BooleanGen.class) boolean covering) {
            kept.issues(covering);
        }

        @Operation(nonParallelGroup = "log")
        public void isCutOff() {
            kept.written.isCutOff();
        }

        @Operation
        public void copies() {
            kept.copies();
        }

        @Operation
        public boolean servesWhatWasInvalidated() {
            return kept.servesWhatWasInvalidated();
        }
    }

    /** Nothing else than that. */
    public static final class NothingServed {

        public void brings(boolean covering) {}

        public void issues(boolean covering) {}

        public void isCutOff() {}

        public void copies() {}

        public boolean servesWhatWasInvalidated() {
            return false;
        }
    }
}
