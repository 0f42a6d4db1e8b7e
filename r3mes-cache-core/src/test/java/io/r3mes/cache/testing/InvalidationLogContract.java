package io.r3mes.cache.testing;

import static io.r3mes.cache.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.spi.Appended;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.spi.InvalidationLog.NodeBeat;
import io.r3mes.cache.spi.InvalidationLog.Removal;
import io.r3mes.cache.spi.LogEntry;
import io.r3mes.cache.spi.Marks;
import io.r3mes.cache.spi.Marks.Rule;
import io.r3mes.cache.spi.NodeState;
import io.r3mes.cache.spi.Nodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link InvalidationLog} does. */
public abstract class InvalidationLogContract {

    private static final long HOUR_MICROS = Duration.ofHours(1).toNanos() / 1_000;
    private static final Duration STALENESS = Duration.ofMillis(500);

    private Ports ports;
    private InvalidationLog log;

    protected abstract Ports open();

    @BeforeEach
    void openPorts() {
        ports = open();
        log = ports.log();
    }

    @AfterEach
    void closePorts() {
        ports.close();
    }

    @Test
    void beginsAGenerationWithAMarker() {
        Head head = head();
        assertThat(head.generation()).isPositive();
        assertThat(head.lastId()).isNotEmpty();
        assertThat(head.serverMicros()).isGreaterThanOrEqualTo(head.position());
        assertThat(read(0))
                .containsExactly(new LogEntry(head.position(), head.lastId(), "", new Event.Marker(head.generation())));
        assertThat(marks(0).base()).isEqualTo(head.position());
    }

    @Test
    void readsTheSameHeadUntilSomethingIsAppended() {
        Head first = head();
        Head second = head();
        assertThat(second.generation()).isEqualTo(first.generation());
        assertThat(second.position()).isEqualTo(first.position());
        assertThat(second.lastId()).isEqualTo(first.lastId());
        Appended appended = append(key("k"));
        Head third = head();
        assertThat(third.position()).isEqualTo(appended.position()).isGreaterThan(first.position());
        assertThat(third.lastId()).isEqualTo(appended.id());
        assertThat(third.generation()).isEqualTo(appended.generation()).isEqualTo(first.generation());
    }

    @Test
    void beginsAboveTheFloor() {
        long future = head().serverMicros() + HOUR_MICROS;
        ports.loseMetadata();
        assertThat(result(log.head(future)).position()).isGreaterThan(future);
    }

    @Test
    void handsOutStrictlyIncreasingPositions() {
        List<CompletableFuture<Appended>> appends = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            appends.add(log.append(Append.of(key("k" + i), 0)).toCompletableFuture());
        }
        List<Long> positions =
                appends.stream().map(Await::result).map(Appended::position).toList();
        assertThat(positions).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void positionsExceedAFloorInTheFutureAndGoOnFromThere() {
        long future = head().position() + HOUR_MICROS;
        Appended far = result(log.append(Append.of(key("k"), future)));
        Appended next = append(key("k"));
        assertThat(far.position()).isEqualTo(future + 1);
        assertThat(next.position()).isEqualTo(future + 2);
        assertThat(head().position()).isEqualTo(future + 2);
    }

    @Test
    void chainsEachEntryToTheOneBefore() {
        Head head = head();
        List<Event> events = List.of(
                new Event.Keys(List.of("user:info:w1", "user:credits:ü%20✓")),
                new Event.Tags(List.of("user:w1", "miner")),
                new Event.Pattern("user:*"),
                new Event.Cleared("user-info"),
                new Event.All(),
                new Event.Marker(),
                new Event.Keys(List.of()),
                new Event.Keys(List.of("")));
        List<Appended> appended = events.stream().map(this::append).toList();
        List<LogEntry> entries = read(head.position());
        assertThat(entries).extracting(LogEntry::event).isEqualTo(events);
        assertThat(entries).extracting(LogEntry::position).isEqualTo(positions(appended));
        assertThat(entries).extracting(LogEntry::id).doesNotHaveDuplicates();
        String previous = head.lastId();
        for (int i = 0; i < entries.size(); i++) {
            assertThat(entries.get(i).previousId()).isEqualTo(previous);
            previous = appended.get(i).id();
        }
    }

    @Test
    void readsFromAPositionAndNoMoreThanTheLimit() {
        List<Appended> appended = List.of(append(key("1")), append(key("2")), append(key("3")), append(key("4")));
        long first = appended.get(0).position();
        assertThat(result(log.read(first, 2, Duration.ZERO)))
                .extracting(LogEntry::position)
                .containsExactly(appended.get(1).position(), appended.get(2).position());
        assertThat(read(appended.get(3).position())).isEmpty();
        assertThat(result(log.read(first, 2, Duration.ofSeconds(5)))).hasSize(2);
    }

    @Test
    void waitingReadIsWokenByAnAppend() {
        long position = head().position();
        CompletableFuture<List<LogEntry>> reading =
                log.read(position, 100, Duration.ofSeconds(8)).toCompletableFuture();
        assertThat(reading).isNotDone();
        Appended appended = append(key("k"));
        assertThat(result(reading)).extracting(LogEntry::id).containsExactly(appended.id());
    }

    @Test
    void waitingReadEndsEmpty() {
        assertThat(result(log.read(head().position(), 100, Duration.ofMillis(30))))
                .isEmpty();
    }

    @Test
    void contestIsAnEventOnTheSameKey() {
        long since = head().position();
        append(key("other"));
        append(new Event.Tags(List.of("foreign")));
        append(new Event.Tags(List.of("k")));
        assertThat(contested(since, "k", "tag")).isFalse();
        append(new Event.Keys(List.of("x", "k", "y")));
        assertThat(contested(since, "k", "tag")).isTrue();
    }

    @Test
    void ownEventIsNoContestButAnEarlierOneIs() {
        long since = head().position();
        assertThat(contested(since, "k", "tag")).isFalse();
        assertThat(contested(since, "k", "tag")).isTrue();
        assertThat(contested(head().position(), "k", "tag")).isFalse();
    }

    @Test
    void contestIsAnEventOnATagOfTheEntry() {
        long since = head().position();
        append(new Event.Tags(List.of("x", "tag")));
        assertThat(contested(since, "k", "tag", "second")).isTrue();
        assertThat(contested(since, "k2", "second")).isFalse();
    }

    @Test
    void contestIsAnyPatternCacheOrEverything() {
        for (Event event : List.of(new Event.Pattern("zzz"), new Event.Cleared("zzz"), new Event.All())) {
            long since = head().position();
            assertThat(contested(since, "a", "tag")).as("before %s", event).isFalse();
            append(event);
            assertThat(contested(since, "b", "tag")).as("after %s", event).isTrue();
        }
    }

    @Test
    void tooManyEventsAreAContest() {
        long since = head().position();
        appendMany(999, "other");
        assertThat(contested(since, "a", "tag")).isFalse();
        assertThat(contested(since, "b", "tag")).isTrue();
    }

    @Test
    void whatTheLogDoesNotReachIsAContest() {
        long began = head().position();
        append(key("other"));
        assertThat(contested(began, "a", "tag")).isFalse();
        assertThat(contested(began - 1, "b", "tag")).isTrue();
        assertThat(contested(head().position() + 1, "c", "tag")).isTrue();
    }

    @Test
    void lostMetadataIsAContest() {
        long since = head().position();
        ports.loseMetadata();
        assertThat(contested(since, "k", "tag")).isTrue();
        ports.loseMetadata();
        head();
        assertThat(contested(since, "k2", "tag")).isTrue();
    }

    @Test
    void lostMetadataBeginsAGenerationAfterTheLog() {
        long future = head().position() + HOUR_MICROS;
        Appended before = result(log.append(Append.of(key("k"), future)));
        append(new Event.Pattern("user:*"));
        long last = head().position();
        ports.loseMetadata();

        Head after = head();
        assertThat(after.generation()).isNotEqualTo(before.generation()).isPositive();
        assertThat(after.position()).isGreaterThan(last);
        assertThat(marks(0)).isEqualTo(new Marks(after.generation(), after.position(), 0, List.of()));
        LogEntry marker = read(last).get(0);
        assertThat(marker.event()).isEqualTo(new Event.Marker(after.generation()));
        assertThat(marker.id()).isEqualTo(after.lastId());
        assertThat(marker.previousId()).isNotEmpty();
    }

    @Test
    void anyOperationBeginsTheGeneration() {
        Appended appended = append(key("k"));
        assertThat(head().generation()).isEqualTo(appended.generation());
        ports.loseMetadata();
        Marks marks = marks(0, "tag");
        assertThat(marks.generation()).isNotEqualTo(appended.generation());
        assertThat(marks.newestTag()).isEqualTo(marks.base());
        ports.loseMetadata();
        Head beaten = result(log.beat(new NodeBeat("n", 5, STALENESS)));
        assertThat(beaten.generation()).isNotEqualTo(marks.generation());
        assertThat(head().generation()).isEqualTo(beaten.generation());
    }

    @Test
    void marksTheNewestOfTheTags() {
        append(new Event.Tags(List.of("a", "b", "c")));
        Appended newest = append(new Event.Tags(List.of("b")));
        append(new Event.Tags(List.of("other")));
        assertThat(marks(0, "a", "b", "c").newestTag()).isEqualTo(newest.position());
        assertThat(marks(0, "a", "c").newestTag()).isLessThan(newest.position());
        assertThat(marks(0).newestTag()).isZero();
    }

    @Test
    void createsAMissingStampAtTheHead() {
        long birth = head().position();
        append(key("k"));
        long position = head().position();
        assertThat(marks(birth, "new").newestTag()).isEqualTo(position);
        append(key("k"));
        assertThat(marks(birth, "new").newestTag()).isEqualTo(position);
    }

    @Test
    void createsALostStampAtTheHead() {
        Appended invalidated = append(new Event.Tags(List.of("tag")));
        Appended later = append(key("k"));
        assertThat(marks(0, "tag").newestTag()).isEqualTo(invalidated.position());
        ports.loseStamp("tag");
        assertThat(marks(0, "tag").newestTag()).isEqualTo(later.position());
    }

    @Test
    void listsRulesNewerThanTheBirth() {
        Event.Pattern pattern = new Event.Pattern("user:*");
        Event.Cleared cleared = new Event.Cleared("user:*");
        Appended first = append(pattern);
        Appended second = append(cleared);
        assertThat(marks(0).rules())
                .containsExactlyInAnyOrder(new Rule(pattern, first.position()), new Rule(cleared, second.position()));
        assertThat(marks(first.position()).rules()).containsExactly(new Rule(cleared, second.position()));
        Appended again = append(pattern);
        assertThat(marks(second.position()).rules()).containsExactly(new Rule(pattern, again.position()));
        assertThat(marks(again.position()).rules()).isEmpty();
    }

    @Test
    void dropsTheOldestRuleAndRaisesTheBase() {
        long began = head().position();
        Appended oldest = append(new Event.Pattern("p-oldest"));
        Appended second = append(new Event.Cleared("c-second"));
        List<CompletableFuture<Appended>> more = new ArrayList<>();
        for (int i = 0; i < 510; i++) {
            more.add(log.append(Append.of(new Event.Pattern("p" + i), 0)).toCompletableFuture());
        }
        more.forEach(Await::result);
        assertThat(marks(0).base()).isEqualTo(began);
        assertThat(marks(0).rules()).hasSize(512);

        append(new Event.Pattern("p-newest"));
        assertThat(marks(0).base()).isEqualTo(oldest.position());
        assertThat(marks(0).rules())
                .hasSize(512)
                .contains(new Rule(new Event.Cleared("c-second"), second.position()))
                .doesNotContain(new Rule(new Event.Pattern("p-oldest"), oldest.position()));
    }

    @Test
    void everythingReplacesAllRules() {
        append(new Event.Pattern("user:*"));
        append(new Event.Cleared("user-info"));
        Appended all = append(new Event.All());
        assertThat(marks(0)).isEqualTo(new Marks(all.generation(), all.position(), 0, List.of()));
        Appended rule = append(new Event.Pattern("user:*"));
        assertThat(marks(all.position()).rules()).hasSize(1);
        assertThat(marks(0).base()).isEqualTo(all.position()).isLessThan(rule.position());
    }

    @Test
    void listsNodesUntilTheyLeave() {
        head();
        Head head = result(log.beat(new NodeBeat("n1", 41, STALENESS)));
        result(log.beat(new NodeBeat("n:2", 7, Duration.ofSeconds(1))));
        result(log.beat(new NodeBeat("n1", 42, STALENESS)));
        assertThat(head.position()).isEqualTo(head().position());
        List<NodeState> nodes = result(log.nodes()).states();
        assertThat(nodes).extracting(NodeState::node).containsExactlyInAnyOrder("n1", "n:2");
        NodeState first = nodes.stream()
                .filter(node -> node.node().equals("n1"))
                .findFirst()
                .orElseThrow();
        assertThat(first.applied()).isEqualTo(42);
        assertThat(first.maxStalenessMicros()).isEqualTo(500_000);
        assertThat(first.ageMicros()).isBetween(0L, 5_000_000L);
        result(log.leave("n1"));
        assertThat(result(log.nodes()).states()).extracting(NodeState::node).containsExactly("n:2");
    }

    @Test
    void knowsForHowLongItHasKeptTheListOfNodes() {
        assertThat(result(log.nodes())).isEqualTo(new Nodes(List.of(), Nodes.UNKNOWN));
        result(log.beat(new NodeBeat("n1", 1, STALENESS)));
        Awaitility.await().until(() -> result(log.nodes()).ageMicros() > 20_000);
        result(log.beat(new NodeBeat("n1", 1, STALENESS)));
        result(log.beat(new NodeBeat("n2", 1, STALENESS)));
        assertThat(result(log.nodes()).ageMicros()).isBetween(20_000L, 5_000_000L);
        long lostAt = System.nanoTime();
        ports.loseNodes();
        assertThat(result(log.nodes())).isEqualTo(new Nodes(List.of(), Nodes.UNKNOWN));
        result(log.beat(new NodeBeat("n2", 1, STALENESS)));
        Nodes again = result(log.nodes());
        assertThat(again.states()).extracting(NodeState::node).containsExactly("n2");
        assertThat(again.ageMicros()).isBetween(0L, (System.nanoTime() - lostAt) / 1_000 + 1_000);
    }

    private Head head() {
        return result(log.head(0));
    }

    private Appended append(Event event) {
        return result(log.append(Append.of(event, 0)));
    }

    private void appendMany(int count, String key) {
        List<CompletableFuture<Appended>> appends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            appends.add(log.append(Append.of(key(key), 0)).toCompletableFuture());
        }
        appends.forEach(Await::result);
    }

    private boolean contested(long since, String key, String... entryTags) {
        return result(log.append(new Append(key(key), 0, since, List.of(entryTags), Removal.NONE)))
                .contested();
    }

    private List<LogEntry> read(long after) {
        return result(log.read(after, 1_000, Duration.ZERO));
    }

    private Marks marks(long birth, String... tags) {
        return result(log.marks(List.of(tags), birth));
    }

    private static List<Long> positions(List<Appended> appended) {
        return appended.stream().map(Appended::position).toList();
    }

    private static Event key(String key) {
        return new Event.Keys(List.of(key));
    }
}
