package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.engine.Journal.Noted;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.LogEntry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JournalTest {

    private static final long WINDOW = Journal.WINDOW.toNanos();

    private final Journal journal = new Journal(5);

    @Test
    void listsOwnAndForeignEventsByPosition() {
        journal.issued(own("b", 20, 0));
        journal.brought(entry("a", 10), 0);
        assertThat(journal.recent(0)).extracting(Noted::id).containsExactly("a", "b");
        assertThat(journal.recent(0)).extracting(Noted::own).containsExactly(false, true);
    }

    @Test
    void forgetsWhatIsOlderThanTheWindowUnlessItIsStillAwaited() {
        journal.brought(entry("foreign", 10), 0);
        journal.issued(own("seen", 20, 0));
        journal.issued(own("awaited", 30, 0));
        journal.brought(entry("seen", 20), 1);
        assertThat(journal.recent(WINDOW)).extracting(Noted::id).containsExactly("awaited");
        assertThat(journal.recent(Journal.LONGEST_AWAITED.toNanos())).isEmpty();
        assertThat(journal.awaitsAny(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void noticesThatTheLogPassesAnOwnEvent() {
        journal.issued(own("own", 20, 5));
        assertThat(journal.brought(entry("before", 19), 6)).isTrue();
        assertThat(journal.brought(entry("after", 21), 6)).isFalse();
    }

    @Test
    void doesNotMissAnEventThatCameBackBeforeItsAcknowledgement() {
        journal.brought(entry("own", 20), 4);
        journal.issued(own("own", 20, 5));
        assertThat(journal.brought(entry("after", 21), 6)).isTrue();
        assertThat(journal.awaitsAny(10)).isFalse();
        assertThat(journal.recent(6)).extracting(Noted::own).containsExactly(true, false);
    }

    @Test
    void awaitsOnlyWhatWasAcknowledgedBeforeTheQuestion() {
        journal.issued(own("own", 20, 5));
        assertThat(journal.awaitsAny(4)).isFalse();
        assertThat(journal.awaitsAny(5)).isTrue();
        journal.found(Set.of("own"));
        assertThat(journal.awaitsAny(5)).isFalse();
    }

    @Test
    void givesUpTheOldestWhenItIsFullAndSaysSo() {
        for (int i = 0; i < 5; i++) {
            journal.brought(entry("e" + i, i), i);
        }
        assertThat(journal.isPartial(5)).isFalse();
        journal.brought(entry("e5", 5), 5);
        assertThat(journal.recent(5)).extracting(Noted::id).containsExactly("e1", "e2", "e3", "e4", "e5");
        assertThat(journal.isPartial(5)).isTrue();
        assertThat(journal.isPartial(5 + WINDOW)).isFalse();
    }

    @Test
    void countsEveryNameOfAnEvent() {
        journal.brought(entry("one", 1), 0);
        journal.brought(new LogEntry(2, "many", "one", new Event.Tags(List.of("a", "b", "c", "d", "e"))), 0);
        assertThat(journal.recent(0)).extracting(Noted::id).containsExactly("many");
    }

    @Test
    void holdsNoMarkers() {
        journal.brought(new LogEntry(1, "m", "", new Event.Marker()), 0);
        assertThat(journal.recent(0)).isEmpty();
    }

    @Test
    void dropsWhatStandsInTheLogNoMore() {
        journal.issued(own("own", 20, 0));
        journal.drop(List.of("own", "unknown"));
        assertThat(journal.recent(0)).isEmpty();
        assertThat(journal.awaitsAny(Duration.ofHours(1).toNanos())).isFalse();
    }

    private static Noted own(String id, long position, long at) {
        return new Noted(new Event.Keys(List.of("k" + id)), position, id, true, at);
    }

    private static LogEntry entry(String id, long position) {
        return new LogEntry(position, id, "", new Event.Keys(List.of("k" + id)));
    }
}
