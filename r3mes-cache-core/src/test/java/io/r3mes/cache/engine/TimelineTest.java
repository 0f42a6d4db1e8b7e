package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.LocalEntry;
import io.r3mes.cache.spi.LogEntry;
import io.r3mes.cache.spi.Marks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TimelineTest {

    private static final long GENERATION = 7;
    private static final Duration STALENESS = Duration.ofMillis(500);
    private static final Subject SUBJECT = new Subject("cache", "key", List.of("tag"));

    private final Timeline timeline = new Timeline(2, STALENESS, 0);
    private String lastId = "first";

    TimelineTest() {
        timeline.reset(new Head(GENERATION, "r", 100, lastId, 0), 0);
    }

    static Stream<Event> coveringEvents() {
        return Stream.of(
                new Event.Keys(List.of("key")),
                new Event.Tags(List.of("tag")),
                new Event.Pattern("k*"),
                new Event.Cleared("cache"),
                new Event.All());
    }

    static Stream<Event> otherEvents() {
        return Stream.of(
                new Event.Keys(List.of("other")),
                new Event.Tags(List.of("other")),
                new Event.Pattern("x*"),
                new Event.Cleared("other"),
                new Event.Marker());
    }

    @ParameterizedTest
    @MethodSource("coveringEvents")
    void refusesAnEntryBornBeforeAnEventThatCoversIt(Event event) {
        LocalEntry entry = entry(101, 101);
        assertThat(admits(entry)).isTrue();
        happens(event, 110);
        assertThat(admits(entry)).isFalse();
        assertThat(timeline.isCovered(SUBJECT, 109)).isTrue();
        assertThat(timeline.isCovered(SUBJECT, 110)).isFalse();
        assertThat(admits(entry(110, 110))).isTrue();
    }

    @ParameterizedTest
    @MethodSource("otherEvents")
    void admitsAnEntryThatNoEventCovers(Event event) {
        happens(event, 110);
        assertThat(admits(entry(101, 101))).isTrue();
    }

    @ParameterizedTest
    @MethodSource("coveringEvents")
    void coversByAnOwnEventBeforeTheLogBringsIt(Event event) {
        LocalEntry entry = entry(101, 101);
        assertThat(admits(entry)).isTrue();
        timeline.recordOwn(event, 120);
        assertThat(timeline.head()).isEqualTo(100);
        assertThat(admits(entry)).isFalse();
        assertThat(timeline.isCovered(SUBJECT, 119)).isTrue();
    }

    @Test
    void tellsThoseWhoWaitWithoutHoldingItsMonitor() {
        List<Boolean> held = new ArrayList<>();
        for (long position : List.of(110L, 120L, 130L)) {
            timeline.waiters().await(position).thenRun(() -> held.add(Thread.holdsLock(timeline)));
        }
        happens(new Event.Marker(), 110);
        assertThat(timeline.prove(new Head(GENERATION, "r", 110, lastId, 121), 0))
                .isTrue();
        timeline.reset(new Head(GENERATION, "r", 130, "other", 0), 0);
        assertThat(held).containsExactly(false, false, false);
    }

    @Test
    void isProvenOnlyByTheServersItAsked() {
        timeline.asks(7, 150);
        assertThat(timeline.isProvenBy(7)).isFalse();
        timeline.prove(new Head(GENERATION, "r", 100, lastId, 0), 140);
        assertThat(timeline.isProvenBy(7))
                .as("a beat sent to the servers before")
                .isFalse();
        timeline.prove(new Head(GENERATION, "r", 100, lastId, 0), 150);
        assertThat(timeline.isProvenBy(7)).isTrue();
        assertThat(timeline.isProvenBy(8)).isFalse();
        timeline.asks(8, 200);
        assertThat(timeline.isProvenBy(7)).isFalse();
        timeline.asks(8, 300);
        timeline.prove(new Head(GENERATION, "r", 100, lastId, 0), 200);
        assertThat(timeline.isProvenBy(8)).isTrue();
    }

    @Test
    void isFencedUntilTheFirstProof() {
        Timeline fresh = new Timeline(2, STALENESS, 1_000);
        assertThat(fresh.isStarted()).isFalse();
        assertThat(fresh.isFenced(1_000)).isTrue();
        assertThat(fresh.prove(new Head(GENERATION, "r", 5, "x", 0), 1_000)).isFalse();
        fresh.reset(new Head(GENERATION, "r", 5, "x", 0), 1_000);
        assertThat(fresh.isFenced(1_000)).isFalse();
    }

    @Test
    void isFencedOnceTheLastProofIsOlderThanTheMaximum() {
        LocalEntry entry = entry(101, 101);
        assertThat(timeline.admits(entry, "cache", STALENESS.toNanos())).isTrue();
        assertThat(timeline.admits(entry, "cache", STALENESS.toNanos() + 1)).isFalse();
        assertThat(timeline.prove(new Head(GENERATION, "r", 100, lastId, 0), 200))
                .isTrue();
        assertThat(timeline.isFenced(STALENESS.toNanos() + 200)).isFalse();
        assertThat(timeline.isFenced(STALENESS.toNanos() + 201)).isTrue();
    }

    @Test
    void anOlderProofShortensNoTrust() {
        timeline.prove(new Head(GENERATION, "r", 100, lastId, 0), 200);
        timeline.prove(new Head(GENERATION, "r", 100, lastId, 0), 100);
        assertThat(timeline.isFenced(STALENESS.toNanos() + 200)).isFalse();
    }

    @Test
    void refusesAnEntryOfAnotherGeneration() {
        LocalEntry foreign = new LocalEntry(
                "v", "key", List.of(), new LocalEntry.Birth(GENERATION + 1, 101, 101), new LocalEntry.Times(0, 0));
        assertThat(admits(foreign)).isFalse();
    }

    @Test
    void forgettingRaisesTheFloor() {
        happens(new Event.Keys(List.of("key")), 110);
        happens(new Event.Keys(List.of("b")), 120);
        assertThat(timeline.remembers(100)).isTrue();
        happens(new Event.Keys(List.of("c")), 130);
        assertThat(timeline.isCovered(SUBJECT, 105)).isFalse();
        assertThat(timeline.remembers(109)).isFalse();
        assertThat(timeline.remembers(110)).isTrue();
        assertThat(admits(entry(105, 105))).as("its event is forgotten").isFalse();
        assertThat(admits(entry(111, 111))).isTrue();
    }

    @Test
    void anEntryProvedAfterTheForgottenEventStays() {
        happens(new Event.Keys(List.of("a")), 110);
        LocalEntry entry = entry(105, 105);
        assertThat(admits(entry)).isTrue();
        happens(new Event.Keys(List.of("b")), 120);
        happens(new Event.Keys(List.of("c")), 130);
        assertThat(admits(entry)).isTrue();
        assertThat(entry.seen()).isEqualTo(130);
    }

    @Test
    void resetKeepsRecordsAndTrustsNothingOlder() {
        happens(new Event.Keys(List.of("key")), 110);
        LocalEntry other = new LocalEntry(
                "v", "other", List.of(), new LocalEntry.Birth(GENERATION, 105, 110), new LocalEntry.Times(0, 0));
        assertThat(admits(other)).isTrue();
        timeline.reset(new Head(GENERATION, "r", 300, "later", 0), 50);
        assertThat(timeline.head()).isEqualTo(300);
        assertThat(timeline.isCovered(SUBJECT, 105)).isTrue();
        assertThat(timeline.remembers(299)).isFalse();
        assertThat(admits(other)).isFalse();
    }

    @Test
    void aHeadThatWentBackNeverLowersTheFloor() {
        timeline.reset(new Head(GENERATION, "r", 40, "rolled back", 0), 0);
        assertThat(timeline.head()).isEqualTo(40);
        assertThat(timeline.remembers(99)).isFalse();
    }

    @Test
    void takesNoEventThatDoesNotNameTheOneBefore() {
        assertThat(timeline.apply(new LogEntry(110, "b", "lost", new Event.All())))
                .isFalse();
        assertThat(timeline.head()).isEqualTo(100);
    }

    @Test
    void takesAnEventTwiceOnce() {
        happens(new Event.Keys(List.of("key")), 110);
        assertThat(timeline.apply(new LogEntry(110, "other", "whatever", new Event.All())))
                .isTrue();
        assertThat(timeline.head()).isEqualTo(110);
    }

    @Test
    void aHeadOfAnotherGenerationProvesNothing() {
        assertThat(timeline.prove(new Head(GENERATION + 1, "r", 100, lastId, 0), 10))
                .isFalse();
    }

    @Test
    void takesNoEventAfterAnotherGenerationBegan() {
        Event another = new Event.Marker(GENERATION + 1);
        assertThat(timeline.apply(new LogEntry(110, "m", lastId, another))).isFalse();
        assertThat(timeline.head()).isEqualTo(100);
        happens(new Event.Marker(GENERATION), 110);
    }

    @Test
    void anEventThatArrivesProvesTheHeadThatNamedIt() {
        assertThat(timeline.prove(new Head(GENERATION, "r", 110, "id110", 0), 300))
                .isTrue();
        assertThat(timeline.isFenced(STALENESS.toNanos() + 1)).isTrue();
        happens(new Event.All(), 110);
        assertThat(timeline.isFenced(STALENESS.toNanos() + 300)).isFalse();
    }

    @Test
    void tellsWaitersWhenTheirPositionIsReached() {
        CompletableFuture<Void> waiter = timeline.waiters().await(110);
        CompletableFuture<Void> later = timeline.waiters().await(111);
        happens(new Event.Marker(), 110);
        assertThat(waiter).isDone();
        assertThat(later).isNotDone();
        timeline.waiters().forget(later);
        timeline.reset(new Head(GENERATION, "r", 200, "x", 0), 0);
        assertThat(later).isNotDone();
        assertThat(timeline.waiters().await(200)).isDone();
    }

    @Test
    void judgesByMarks() {
        assertThat(covered(new Marks(GENERATION, 0, 0, List.of()))).isFalse();
        assertThat(covered(new Marks(GENERATION, 106, 0, List.of()))).isTrue();
        assertThat(covered(new Marks(GENERATION, 105, 105, List.of()))).isFalse();
        assertThat(covered(new Marks(GENERATION, 0, 106, List.of()))).isTrue();
        assertThat(covered(rule(new Event.Pattern("k*"), 106))).isTrue();
        assertThat(covered(rule(new Event.Pattern("k*"), 105))).isFalse();
        assertThat(covered(rule(new Event.Pattern("x*"), 106))).isFalse();
        assertThat(covered(rule(new Event.Cleared("cache"), 106))).isTrue();
        assertThat(covered(rule(new Event.Cleared("other"), 106))).isFalse();
    }

    private boolean covered(Marks marks) {
        return timeline.isCovered(SUBJECT, 105, marks);
    }

    private static Marks rule(Event event, long position) {
        return new Marks(GENERATION, 0, 0, List.of(new Marks.Rule(event, position)));
    }

    private void happens(Event event, long position) {
        String id = "id" + position;
        assertThat(timeline.apply(new LogEntry(position, id, lastId, event))).isTrue();
        lastId = id;
    }

    private boolean admits(LocalEntry entry) {
        return timeline.admits(entry, "cache", 10);
    }

    private static LocalEntry entry(long birth, long seen) {
        return new LocalEntry(
                "v",
                SUBJECT.key(),
                SUBJECT.tags(),
                new LocalEntry.Birth(GENERATION, birth, seen),
                new LocalEntry.Times(Long.MAX_VALUE, Long.MAX_VALUE));
    }
}
