package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.engine.Continuity.Verdict;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.LogEntry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ContinuityTest {

    private final Continuity continuity = new Continuity(Duration.ofNanos(500));

    ContinuityTest() {
        continuity.standOn(head(100, "a"));
    }

    @Test
    void followsOnlyWhatNamesTheOneBefore() {
        assertThat(continuity.follows(entry(110, "b", "a"))).isTrue();
        assertThat(continuity.follows(entry(110, "b", "lost"))).isFalse();
        assertThat(continuity.follows(entry(110, "b", ""))).isFalse();
    }

    @Test
    void isProvenByTheVeryEventAtTheHead() {
        assertThat(continuity.weigh(head(100, "a"), 100, 1)).isEqualTo(Verdict.PROVEN);
        assertThat(continuity.weigh(head(100, "rewritten"), 100, 1)).isEqualTo(Verdict.BROKEN);
    }

    @Test
    void isProvenLateByAnAnswerThatNamesAnEarlierEvent() {
        continuity.advance(entry(110, "b", "a"));
        assertThat(continuity.weigh(head(100, "a"), 110, 1)).isEqualTo(Verdict.PROVEN);
        assertThat(continuity.weigh(head(105, "a"), 110, 1)).isEqualTo(Verdict.BROKEN);
    }

    @Test
    void aHeadBelowEverythingSeenIsABreak() {
        assertThat(continuity.weigh(head(40, "old"), 100, 1)).isEqualTo(Verdict.BROKEN);
    }

    @Test
    void aProofArrivesWithTheEventThatTheHeadNames() {
        assertThat(continuity.weigh(head(120, "c"), 100, 7)).isEqualTo(Verdict.OPEN);
        assertThat(continuity.advance(entry(110, "b", "a"))).isEqualTo(Continuity.NOTHING);
        assertThat(continuity.advance(entry(120, "c", "b"))).isEqualTo(7);
        assertThat(continuity.isBroken()).isFalse();
    }

    @Test
    void theLatestOfSeveralProofsCounts() {
        continuity.weigh(head(110, "b"), 100, 7);
        continuity.weigh(head(120, "c"), 100, 8);
        continuity.weigh(head(120, "c"), 100, 9);
        continuity.advance(entry(110, "b", "a"));
        assertThat(continuity.advance(entry(120, "c", "b"))).isEqualTo(8);
    }

    @Test
    void anotherEventAtTheHeadsPositionIsABreak() {
        continuity.weigh(head(110, "b"), 100, 7);
        assertThat(continuity.advance(entry(110, "else", "a"))).isEqualTo(Continuity.NOTHING);
        assertThat(continuity.isBroken()).isTrue();
        assertThat(continuity.weigh(head(110, "else"), 110, 8)).isEqualTo(Verdict.BROKEN);
    }

    @Test
    void eventsThatPassByTheHeadAreABreak() {
        continuity.weigh(head(110, "b"), 100, 7);
        continuity.advance(entry(120, "c", "a"));
        assertThat(continuity.isBroken()).isTrue();
    }

    @Test
    void aHeadThatStaysAheadForTooLongIsABreak() {
        assertThat(continuity.weigh(head(110, "b"), 100, 1_000)).isEqualTo(Verdict.OPEN);
        assertThat(continuity.weigh(head(110, "b"), 100, 1_500)).isEqualTo(Verdict.OPEN);
        assertThat(continuity.weigh(head(120, "c"), 100, 1_501)).isEqualTo(Verdict.BROKEN);
    }

    @Test
    void headsThatContradictEachOtherAreABreak() {
        continuity.weigh(head(120, "c"), 100, 1);
        assertThat(continuity.weigh(head(120, "d"), 100, 2)).isEqualTo(Verdict.BROKEN);
        assertThat(continuity.weigh(head(115, "b"), 100, 2)).isEqualTo(Verdict.BROKEN);
    }

    @Test
    void standsAnewAfterABreak() {
        continuity.weigh(head(110, "b"), 100, 7);
        continuity.advance(entry(120, "c", "a"));
        continuity.standOn(head(300, "z"));
        assertThat(continuity.isBroken()).isFalse();
        assertThat(continuity.follows(entry(310, "y", "z"))).isTrue();
        assertThat(continuity.weigh(head(300, "z"), 300, 9)).isEqualTo(Verdict.PROVEN);
        assertThat(continuity.weigh(head(100, "a"), 300, 9)).isEqualTo(Verdict.BROKEN);
    }

    @Test
    void remembersABoundedNumberOfEvents() {
        String previous = "a";
        for (int i = 1; i <= 2_000; i++) {
            continuity.advance(entry(100 + i, "e" + i, previous));
            previous = "e" + i;
        }
        assertThat(continuity.weigh(head(2_000, "e1900"), 2_100, 1)).isEqualTo(Verdict.PROVEN);
        assertThat(continuity.weigh(head(200, "e100"), 2_100, 1)).isEqualTo(Verdict.BROKEN);
    }

    private static Head head(long position, String id) {
        return new Head(1, "r", position, id, 0);
    }

    private static LogEntry entry(long position, String id, String previous) {
        return new LogEntry(position, id, previous, new Event.Marker());
    }
}
