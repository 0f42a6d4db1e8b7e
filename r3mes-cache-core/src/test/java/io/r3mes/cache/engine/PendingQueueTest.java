package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.spi.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What waits for an acknowledgement, and what the timeline refuses meanwhile. */
class PendingQueueTest {

    private static final long LATEST = Long.MAX_VALUE - 1;

    private final Timeline timeline = new Timeline(100, Duration.ofSeconds(1), 0);
    private final PendingInvalidations pending = new PendingInvalidations(2, timeline, null);

    @Test
    void pendingInvalidationsKeepTheirOrder() {
        Receipt first = added("a");
        Receipt second = added("b");
        assertThat(pending.batch(1)).containsExactly(first);
        pending.remove(first);
        assertThat(pending.batch(1)).containsExactly(second);
        assertThat(pending.size()).isEqualTo(1);
    }

    @Test
    void coversEveryBirthUntilItIsTakenOut() {
        Receipt receipt = added("a");
        assertThat(covers("a")).isTrue();
        assertThat(covers("b")).isFalse();
        pending.remove(receipt);
        assertThat(covers("a")).isFalse();
    }

    @Test
    void coversByKeyTagAndRule() {
        PendingEvents events = new PendingEvents();
        for (Event event : List.of(
                new Event.Keys(List.of("x", "k")),
                new Event.Tags(List.of("x", "t")),
                new Event.Pattern("?"),
                new Event.Cleared("c"),
                new Event.All())) {
            events.add(event);
            assertThat(events.covers(new Subject("c", "k", List.of("t")))).isTrue();
            events.remove(event);
            assertThat(events.covers(new Subject("c", "k", List.of("t")))).isFalse();
        }
    }

    @Test
    void coversUntilTheLastOfTwoEqualOnesIsTakenOut() {
        for (Event event : List.of(
                new Event.Keys(List.of("a")), new Event.Tags(List.of("t")), new Event.Pattern("a"), new Event.All())) {
            Receipt one = added(event);
            Receipt same = added(event);
            pending.remove(one);
            pending.remove(one);
            assertThat(covers("a")).as("%s", event).isTrue();
            pending.remove(same);
            assertThat(covers("a")).as("%s", event).isFalse();
        }
    }

    @Test
    void fullQueueBecomesOneInvalidationOfEverything() {
        List<Receipt> replaced = List.of(added("a"), added("b"), added("c"));
        assertThat(pending.size()).isEqualTo(1);
        assertThat(covers("anything")).isTrue();
        Receipt all = pending.batch(1).get(0);
        assertThat(all.event()).isEqualTo(new Event.All());
        assertThat(replaced).allMatch(Receipt::isPending);

        all.acknowledge(7);
        pending.remove(all);

        assertThat(replaced).allMatch(receipt -> receipt.position().getAsLong() == 7);
        assertThat(pending.size()).isZero();
        assertThat(covers("a")).isFalse();
    }

    @Test
    void invalidationOfEverythingThatWasSentSpeaksForNoneThatCameLater() {
        Receipt earlier = added("a");
        added("b");
        added("c");
        Receipt sent = pending.batch(1).get(0);
        Receipt later = added("d");
        added("e");

        sent.acknowledge(7);
        pending.remove(sent);

        assertThat(earlier.position()).hasValue(7);
        assertThat(later.isPending()).isTrue();
        assertThat(covers("d")).isTrue();
        Receipt second = pending.batch(1).get(0);
        second.acknowledge(9);
        pending.remove(second);
        assertThat(later.position()).hasValue(9);
        assertThat(covers("d")).isFalse();
    }

    @Test
    void everyReceiptOfManyOverflowsIsAcknowledgedByTheLast() {
        List<Receipt> all =
                IntStream.range(0, 5_000).mapToObj(i -> added("k" + i)).toList();
        CompletableFuture<Long> count = all.get(0).removed();
        pending.batch(1).get(0).acknowledge(5);
        pending.batch(1).get(0).removed(42);
        Receipt unsent = all.get(all.size() - 1);
        assertThat(all).filteredOn(Receipt::isPending).isSubsetOf(unsent);
        assertThat(all.get(0).position()).hasValue(5);
        assertThat(count).isCompletedWithValue(0L);
    }

    @Test
    void countThatWasAskedForBeforeTheOverflowComesWithTheInvalidationOfEverything() {
        CompletableFuture<Long> count = added("a").removed();
        added("b");
        added("c");
        pending.batch(1).get(0).removed(42);
        assertThat(count).isCompletedWithValue(0L);
    }

    @Test
    void receiptsOfOneKindGoTogether() {
        PendingInvalidations many = new PendingInvalidations(10, timeline, null);
        for (Event event : List.of(
                new Event.Keys(List.of("a")),
                new Event.Keys(List.of("a", "b")),
                new Event.Tags(List.of("t")),
                new Event.Tags(List.of("u")),
                new Event.All(),
                new Event.All())) {
            many.add(new Receipt(event, null));
        }
        List<Event> sent = new ArrayList<>();
        for (List<Receipt> batch = many.batch(3); !batch.isEmpty(); batch = many.batch(3)) {
            sent.add(PendingInvalidations.merged(batch));
            batch.forEach(many::remove);
        }
        assertThat(sent)
                .containsExactly(
                        new Event.Keys(List.of("a", "b")),
                        new Event.Tags(List.of("t", "u")),
                        new Event.All(),
                        new Event.All());
        many.add(new Receipt(new Event.Keys(List.of("a", "b", "c", "d")), null));
        many.add(new Receipt(new Event.Keys(List.of("e")), null));
        assertThat(many.batch(3)).hasSize(1);
    }

    private boolean covers(String key) {
        return timeline.isCovered(new Subject("c", key, List.of("t")), LATEST);
    }

    private Receipt added(String key) {
        return added(new Event.Keys(List.of(key)));
    }

    private Receipt added(Event event) {
        Receipt receipt = new Receipt(event, null);
        pending.add(receipt);
        return receipt;
    }
}
