package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.spi.Event;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecordsTest {

    private static final int MOST = 10;

    private final Records records = new Records(MOST);

    @Test
    void holdsNoMoreThanItsBound() {
        for (int i = 0; i < 1_000; i++) {
            switch (i % 5) {
                case 0 -> records.add(new Event.Keys(List.of("a" + i, "b" + i)), i);
                case 1 -> records.add(new Event.Tags(List.of("t" + i)), i);
                case 2 -> records.add(new Event.Pattern("p" + i), i);
                case 3 -> records.add(new Event.Marker(), i);
                default -> records.add(new Event.All(), i);
            }
            assertThat(records.names()).hasSizeLessThanOrEqualTo(MOST);
        }
    }

    @Test
    void namesTheHighestPositionThatMustGoFirst() {
        IntStream.rangeClosed(1, MOST).forEach(i -> records.add(new Event.Keys(List.of("k" + i)), 100 + i));
        assertThat(records.highestToForget(new Event.Marker())).isEqualTo(Long.MIN_VALUE);
        assertThat(records.highestToForget(new Event.Keys(List.of("x")))).isEqualTo(101);
        assertThat(records.highestToForget(new Event.Tags(List.of("x", "y")))).isEqualTo(102);
        assertThat(records.highestToForget(new Event.All())).isEqualTo(101);
    }

    @Test
    void forgettingAnOldRecordKeepsANewerOneOfTheSameName() {
        Subject subject = new Subject("c", "k", List.of());
        records.add(new Event.Keys(List.of("k")), 1);
        records.add(new Event.Keys(List.of("k")), 50);
        IntStream.rangeClosed(1, MOST - 1).forEach(i -> records.add(new Event.Keys(List.of("x" + i)), 100 + i));
        assertThat(records.coveredAfter(subject, 49)).isTrue();
    }

    @Test
    void anOlderPositionNeverReplacesANewerOne() {
        Subject subject = new Subject("c", "k", List.of("t"));
        records.add(new Event.Keys(List.of("k")), 50);
        records.add(new Event.Keys(List.of("k")), 40);
        records.add(new Event.Pattern("k"), 60);
        records.add(new Event.Pattern("k"), 55);
        assertThat(records.coveredAfter(subject, 59)).isTrue();
        assertThat(records.coveredAfter(subject, 60)).isFalse();
        assertThat(records.coveredAfter(new Subject("c", "k2", List.of()), 0)).isFalse();
    }

    @Test
    void ruleOlderThanTheBirthHidesNoneThatIsNewer() {
        records.add(new Event.Cleared("c"), 70);
        records.add(new Event.Pattern("z*"), 90);
        assertThat(records.coveredAfter(new Subject("c", "k", List.of()), 69)).isTrue();
        assertThat(records.coveredAfter(new Subject("c", "k", List.of()), 70)).isFalse();
    }

    @Test
    void remembersAsManyRulesAsTheLogAndForgetsTheOldest() {
        Records many = new Records(10_000);
        IntStream.rangeClosed(1, 512).forEach(i -> many.add(new Event.Pattern("p" + i), i));
        assertThat(many.highestToForget(new Event.Pattern("next"))).isEqualTo(1);
        many.add(new Event.Pattern("next"), 600);
        assertThat(many.coveredAfter(new Subject("c", "p1", List.of()), 0)).isFalse();
        assertThat(many.coveredAfter(new Subject("c", "p2", List.of()), 1)).isTrue();
        assertThat(many.coveredAfter(new Subject("c", "next", List.of()), 599)).isTrue();
    }

    @Test
    void ruleThatIsRepeatedTakesNoMoreRoom() {
        Records many = new Records(10_000);
        IntStream.rangeClosed(1, 600).forEach(i -> many.add(new Event.Cleared("c"), i));
        assertThat(many.highestToForget(new Event.Cleared("c"))).isEqualTo(Long.MIN_VALUE);
        assertThat(many.coveredAfter(new Subject("c", "k", List.of()), 599)).isTrue();
        assertThat(many.coveredAfter(new Subject("c", "k", List.of()), 600)).isFalse();
    }
}
