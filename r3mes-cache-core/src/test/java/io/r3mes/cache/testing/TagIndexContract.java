package io.r3mes.cache.testing;

import static io.r3mes.cache.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.TagIndex;
import io.r3mes.cache.spi.TagIndex.Members;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link TagIndex} does. */
public abstract class TagIndexContract {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int MOST = 40;

    private Ports ports;
    private TagIndex tags;

    /** The ports, with a tag index that keeps at most so many members of a tag. */
    protected abstract Ports open(int mostTagMembers);

    @BeforeEach
    void openPorts() {
        ports = open(MOST);
        tags = ports.tags();
    }

    @AfterEach
    void closePorts() {
        ports.close();
    }

    @Test
    void detachesNothingFromAnUnknownTag() {
        assertThat(result(tags.detach("user:w1"))).isEmpty();
        assertThat(result(tags.members("user:w1", 10))).isEqualTo(new Members(0, List.of()));
    }

    @Test
    void listsTheMembersOfEachTag() {
        result(tags.add("user:info:w1", List.of("user:w1", "user"), LONG));
        result(tags.add("user:credits:w1", List.of("user:w1"), LONG));
        result(tags.add("user:credits:w1", List.of("user:w1"), LONG));
        Members both = result(tags.members("user:w1", 10));
        assertThat(both.count()).isEqualTo(2);
        assertThat(both.keys()).containsExactlyInAnyOrder("user:info:w1", "user:credits:w1");
        assertThat(result(tags.members("user", 10))).isEqualTo(new Members(1, List.of("user:info:w1")));
        assertThat(drain("user:w1", 10)).hasSize(2);
    }

    @Test
    void listsNoMoreThanAskedForAndCountsAll() {
        for (int i = 0; i < 25; i++) {
            result(tags.add("k" + i, List.of("t"), LONG));
        }
        assertThat(result(tags.members("t", 0))).isEqualTo(new Members(25, List.of()));
        for (int limit : new int[] {1, 2, 9, 10, 11, 25, 26}) {
            Members some = result(tags.members("t", limit));
            assertThat(some.count()).isEqualTo(25);
            assertThat(some.keys()).hasSize(Math.min(limit, 25)).doesNotHaveDuplicates();
            assertThat(some.keys()).allMatch(key -> key.startsWith("k"));
        }
    }

    @Test
    void detachesTheMembersOfEachTag() {
        result(tags.add("user:info:w1", List.of("user:w1", "user"), LONG));
        result(tags.add("user:credits:w1", List.of("user:w1"), LONG));
        result(tags.add("user:credits:w1", List.of("user:w1"), LONG));
        result(tags.add("block:height", List.of(), LONG));
        assertThat(drain("user:w1", 10)).containsExactlyInAnyOrder("user:info:w1", "user:credits:w1");
        assertThat(drain("user", 10)).containsExactly("user:info:w1");
        assertThat(result(tags.detach("user:w1"))).isEmpty();
        assertThat(result(tags.members("user:w1", 10)).count()).isZero();
    }

    @Test
    void takesInBatches() {
        for (int i = 0; i < 25; i++) {
            result(tags.add("k" + i, List.of("t"), LONG));
        }
        for (String part : result(tags.detach("t"))) {
            List<String> taken = result(tags.take(part, 2));
            while (taken.size() == 2) {
                taken = result(tags.take(part, 2));
            }
            assertThat(taken).hasSizeLessThan(2);
            assertThat(result(tags.take(part, 2))).isEmpty();
        }
    }

    @Test
    void keepsLaterAdditionsOutOfADetachedSet() {
        result(tags.add("before", List.of("t"), LONG));
        List<String> parts = result(tags.detach("t"));
        result(tags.add("after", List.of("t"), LONG));
        assertThat(parts).isNotEmpty();
        assertThat(result(tags.take(parts.get(0), 10))).containsExactly("before");
        assertThat(drain("t", 10)).containsExactly("after");
    }

    @Test
    void losesNoMemberWhileDetachedConcurrently() {
        List<String> drained = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            var added = tags.add("k" + i, List.of("t"), LONG);
            if (i % 7 == 0) {
                drained.addAll(drain("t", 7));
            }
            result(added);
        }
        drained.addAll(drain("t", 7));
        assertThat(drained).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void forgetsExpiredMembers() {
        result(tags.add("brief", List.of("t", "alone"), Duration.ofMillis(1)));
        awaitMillis(20);
        assertThat(result(tags.members("t", 10))).isEqualTo(new Members(0, List.of()));
        result(tags.add("long", List.of("t"), LONG));
        assertThat(result(tags.members("t", 10))).isEqualTo(new Members(1, List.of("long")));
        assertThat(drain("t", 10)).containsExactly("long");
        assertThat(result(tags.detach("alone"))).isEmpty();
    }

    @Test
    void aMemberLivesAsLongAsItWasAddedLast() {
        result(tags.add("longer", List.of("t"), Duration.ofMillis(1)));
        result(tags.add("longer", List.of("t"), LONG));
        result(tags.add("shorter", List.of("t"), LONG));
        result(tags.add("shorter", List.of("t"), Duration.ofMillis(1)));
        awaitMillis(20);
        assertThat(result(tags.members("t", 10))).isEqualTo(new Members(1, List.of("longer")));
    }

    @Test
    void neverHasMoreMembersThanItMay() {
        for (int i = 0; i < 4 * MOST; i++) {
            result(tags.add("k" + i, List.of("t"), LONG.plusSeconds(i)));
            assertThat(result(tags.members("t", 0)).count()).isLessThanOrEqualTo(MOST);
        }
        assertThat(drain("t", 10))
                .contains("k" + (4 * MOST - 1))
                .hasSizeBetween(MOST / 2, MOST)
                .doesNotHaveDuplicates();
    }

    @Test
    void takesManyAtOnceForSeveralTags() {
        List<CompletionStage<Void>> all = new ArrayList<>();
        for (int i = 0; i < MOST / 2; i++) {
            all.add(tags.add("k" + i, List.of("t", "own" + i), LONG));
            all.add(tags.add("brief" + i, List.of("t"), Duration.ofMillis(1)));
        }
        all.forEach(Await::result);
        awaitMillis(20);
        assertThat(result(tags.members("t", MOST)).keys()).hasSize(MOST / 2).allMatch(key -> key.startsWith("k"));
        for (int i = 0; i < MOST / 2; i++) {
            assertThat(result(tags.members("own" + i, 10))).isEqualTo(new Members(1, List.of("k" + i)));
        }
        assertThat(drain("t", 10)).filteredOn(key -> key.startsWith("k")).hasSize(MOST / 2);
    }

    @Test
    void neverHasMoreMembersThanItMayAfterManyAtOnce() {
        List<CompletionStage<Void>> all = new ArrayList<>();
        for (int i = 0; i < 4 * MOST; i++) {
            all.add(tags.add("k" + i, List.of("t"), LONG.plusSeconds(i)));
        }
        all.forEach(Await::result);
        assertThat(result(tags.members("t", 0)).count()).isLessThanOrEqualTo(MOST);
        assertThat(drain("t", 10)).hasSizeBetween(MOST / 2, MOST).doesNotHaveDuplicates();
    }

    @Test
    void countsAMemberOnceHoweverTheTagGrowsAndShrinks() {
        for (int round = 0; round < 2; round++) {
            addAll("brief", Duration.ofMillis(200));
            addAll("k", LONG);
            awaitMillis(250);
            addAll("k", LONG);
            assertThat(result(tags.members("t", 0)).count()).isEqualTo(10);
        }
        assertThat(drain("t", 10))
                .filteredOn(key -> key.startsWith("k"))
                .hasSize(10)
                .doesNotHaveDuplicates();
    }

    private void addAll(String prefix, Duration ttl) {
        for (int i = 0; i < 10; i++) {
            result(tags.add(prefix + i, List.of("t"), ttl));
        }
    }

    @Test
    void keepsMembersAsLongAsTheLongestLives() {
        result(tags.add("long", List.of("t"), LONG));
        result(tags.add("brief", List.of("t"), Duration.ofMillis(1)));
        awaitMillis(20);
        assertThat(drain("t", 10)).contains("long");
    }

    /** Waits until a value that lives so long expires on the server. */
    private void awaitMillis(long millis) {
        Lease lease = new Lease("clock", "token", LONG);
        result(ports.store().takeOver(lease));
        result(ports.store().store(lease, new byte[0], Duration.ofMillis(millis)));
        Awaitility.await()
                .pollInterval(Duration.ofMillis(5))
                .until(() -> result(ports.store().get("clock")) == null);
    }

    private List<String> drain(String tag, int batch) {
        List<String> members = new ArrayList<>();
        for (String part : result(tags.detach(tag))) {
            List<String> taken = result(tags.take(part, batch));
            members.addAll(taken);
            while (taken.size() == batch) {
                taken = result(tags.take(part, batch));
                members.addAll(taken);
            }
        }
        return members;
    }
}
