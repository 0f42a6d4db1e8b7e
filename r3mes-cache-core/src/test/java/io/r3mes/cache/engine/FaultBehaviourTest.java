package io.r3mes.cache.engine;

import static io.r3mes.cache.engine.Outage.Fault.HANGS;
import static io.r3mes.cache.engine.Outage.Fault.LOST;
import static io.r3mes.cache.engine.Outage.Fault.UNACKNOWLEDGED;
import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.OnFailover;
import io.r3mes.cache.WriteTicket;
import io.r3mes.cache.engine.Lab.LabNode;
import io.r3mes.cache.engine.Lab.Parts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a node does while its store or its log fails, hangs, forgets or loses an answer. */
class FaultBehaviourTest {

    private static final Duration BEAT = Duration.ofMillis(100);
    private static final Duration STALENESS = EngineConfig.Coherence.DEFAULT.maxStaleness();
    private static final CachePolicy POLICY =
            CachePolicy.of("c", "c:{id}").withTags("t:{id}").withTtl(Duration.ofHours(1));
    private static final CachePolicy REMOTE_ONLY = POLICY.withLocal(CachePolicy.Local.OFF);

    private final Lab lab = new Lab();

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void startsWithoutTheStoreAndBeginsToCacheWhenItAppears() {
        Outage outage = new Outage();
        outage.begin(LOST);
        LabNode node = lab.node(outage, Parts.USUAL, POLICY);
        assertThat(load(node, "k", 1)).isEqualTo(1);
        lab.time.advance(STALENESS.plusNanos(1));
        assertThat(load(node, "k", 2)).isEqualTo(2);
        assertThat(cache(node).getIfPresent("k").isHit()).isFalse();
        assertThat(cache(node).getAll(List.of("a", "b"), ids -> Map.of("a", 1, "b", 2)))
                .isEqualTo(Map.of("a", 1, "b", 2));
        assertThat(node.engine().status().connected()).isFalse();
        assertThat(node.engine().status().fenced()).isTrue();
        outage.end();
        lab.time.advance(BEAT);
        assertThat(node.engine().status().fenced()).isFalse();
        assertThat(load(node, "k", 3)).isEqualTo(3);
        assertThat(load(node, "k", 4)).isEqualTo(3);
        assertThat(node.metrics().stats().loads().unavailable()).isPositive();
    }

    @Test
    void isFencedWithinTheMaximumAndABeat() {
        LabNode node = lab.node(POLICY);
        load(node, "k", 1);
        node.outage().begin(LOST);
        lab.time.advance(STALENESS.minus(BEAT));
        assertThat(load(node, "k", 2)).as("within the maximum").isEqualTo(1);
        lab.time.advance(BEAT.plusNanos(1));
        assertThat(node.engine().status().fenced()).isTrue();
        assertThat(load(node, "k", 3)).as("no hit of the near cache").isEqualTo(3);
        node.outage().end();
        lab.time.advance(BEAT);
        assertThat(node.engine().status().fenced()).isFalse();
        assertThat(load(node, "k", 4)).as("the entry is still valid").isEqualTo(1);
    }

    @Test
    void aFencedNodeServesWhatTheLogsMarksAllow() {
        LabNode blind = lab.node(POLICY);
        LabNode seeing = lab.node(POLICY);
        load(blind, "k", 1);
        load(blind, "l", 1);
        blind.outage().begin(LOST, "beat", "read");
        lab.time.advance(STALENESS.plus(BEAT));
        assertThat(load(blind, "k", 2)).isEqualTo(1);
        seeing.outage().begin(LOST, "unlinkBornBefore");
        seeing.engine().invalidator().invalidateByTag("t:k");
        assertThat(lab.bytes("c:k")).as("still stored").isNotNull();
        assertThat(load(blind, "k", 3)).isEqualTo(3);
        seeing.outage().begin(LOST, "scan");
        seeing.engine().invalidator().invalidateByPattern("c:*");
        assertThat(load(blind, "l", 4)).isEqualTo(4);
    }

    @Test
    void aFencedNodeJoinsNoLoad() {
        LabNode node = lab.node(POLICY);
        CompletableFuture<Integer> slow = new CompletableFuture<>();
        CompletableFuture<Integer> first = cache(node).async().get("k", (id, context) -> slow);
        node.outage().begin(LOST, "beat", "read");
        lab.time.advance(STALENESS.plus(BEAT));
        CompletableFuture<Integer> second =
                cache(node).async().get("k", (id, context) -> CompletableFuture.completedFuture(2));
        assertThat(node.metrics().stats().loads().joined()).isZero();
        lab.time.advance(POLICY.load().maxWait().plusSeconds(1));
        assertThat(second).isCompletedWithValue(2);
        slow.complete(1);
        assertThat(first).isCompletedWithValue(1);
    }

    @Test
    void judgesByMarksWhatIsOlderThanItsRecords() {
        LabNode writer = lab.node(REMOTE_ONLY);
        LabNode forgetful = lab.node(
                new Parts(new EngineConfig.Coherence(STALENESS, 2, 10, OnFailover.REPLAY), null, Runnable::run),
                REMOTE_ONLY);
        load(writer, "k", 1);
        writer.engine().invalidator().invalidateByTag("t:valid");
        load(writer, "valid", 1);
        writer.outage().begin(LOST, "unlinkBornBefore");
        writer.engine().invalidator().invalidateByTag("t:k");
        for (String other : List.of("x", "y", "z")) {
            writer.engine().invalidator().invalidateKey("c:" + other);
        }
        assertThat(lab.bytes("c:k")).as("still stored").isNotNull();
        assertThat(cache(forgetful).getIfPresent("k").isHit()).isFalse();
        assertThat(cache(forgetful).getIfPresent("valid").isHit()).isTrue();
        forgetful.outage().begin(LOST, "marks");
        assertThat(cache(forgetful).getIfPresent("valid").isHit()).isFalse();
        assertThat(load(forgetful, "valid", 2)).isEqualTo(2);
    }

    @Test
    void honoursAPendingInvalidationAndReplaysItBeforeTheOldValueCanBeServed() {
        LabNode node = lab.node(POLICY);
        LabNode other = lab.node(POLICY);
        load(node, "k", 1);
        load(other, "k", 1);
        node.outage().begin(LOST);
        Invalidation pending = cache(node).delete("k");
        assertThat(pending.isPending()).isTrue();
        assertThat(pending.awaitEverywhere(Duration.ofSeconds(1))).isFalse();
        assertThat(node.engine().status().pending()).isEqualTo(1);
        assertThat(lab.bytes("c:k")).as("the old value").isNotNull();
        assertThat(load(node, "k", 2)).isEqualTo(2);
        node.outage().end();
        assertThat(cache(node).getIfPresent("k").isHit()).as("not yet replayed").isFalse();
        node.outage().forget();
        lab.time.advance(BEAT);
        assertThat(node.outage().sent()).containsSubsequence("beat", "unlink", "append");
        assertThat(node.outage().sent()).doesNotContain("get", "acquire");
        assertThat(pending.isPending()).isFalse();
        assertThat(pending.removed()).isCompletedWithValue(1L);
        assertThat(lab.bytes("c:k")).isNull();
        assertThat(cache(other).getIfPresent("k").isHit()).isFalse();
    }

    @Test
    void tellsOfWhatItSentAgainOnceTheLogHasAcknowledgedIt() {
        LabNode node = lab.node(POLICY);
        cache(node).delete("k");
        lab.time.advance(BEAT);
        lab.changeServers();
        node.outage().begin(LOST, "append");
        lab.time.advance(BEAT.multipliedBy(3));
        assertThat(node.engine().status().pending()).isEqualTo(1);
        assertThat(node.replays()).isZero();
        node.outage().end();
        lab.time.advance(BEAT.multipliedBy(2));
        assertThat(node.engine().status().pending()).isZero();
        assertThat(node.replays()).isEqualTo(1);
    }

    @Test
    void replaysInOrderAndGoesOnAfterAnotherFailure() {
        LabNode node = lab.node(POLICY);
        node.outage().begin(LOST, "append");
        List<Invalidation> pending = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            pending.add(cache(node).delete("k" + i));
        }
        lab.time.advance(BEAT.multipliedBy(3));
        assertThat(pending).allMatch(Invalidation::isPending);
        assertThat(node.engine().status().pending()).isEqualTo(5);
        node.outage().end();
        lab.time.advance(BEAT);
        assertThat(pending).noneMatch(Invalidation::isPending);
        assertThat(pending).extracting(each -> each.position().orElseThrow()).isSorted();
    }

    @Test
    void tooManyPendingInvalidationsBecomeOneOfEverything() {
        Parts few = new Parts(new EngineConfig.Coherence(STALENESS, 1_000, 3, OnFailover.REPLAY), null, Runnable::run);
        LabNode node = lab.node(few, POLICY);
        LabNode other = lab.node(POLICY);
        load(node, "untouched", 1);
        load(other, "untouched", 1);
        node.outage().begin(LOST);
        List<Invalidation> pending = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            pending.add(cache(node).delete("k" + i));
        }
        assertThat(node.engine().status().pending()).isLessThanOrEqualTo(3);
        assertThat(cache(node).getIfPresent("untouched").isHit()).isFalse();
        node.outage().end();
        lab.time.advance(STALENESS.multipliedBy(2));
        assertThat(pending).noneMatch(Invalidation::isPending);
        assertThat(pending).allMatch(each -> each.removed().isDone());
        assertThat(cache(other).getIfPresent("untouched").isHit()).isFalse();
    }

    @Test
    void receiptsThatOneOfEverythingReplacedArePendingUntilNoNodeServesTheirKeys() {
        Parts few = new Parts(new EngineConfig.Coherence(STALENESS, 1_000, 1, OnFailover.REPLAY), null, Runnable::run);
        LabNode node = lab.node(few, POLICY);
        LabNode lagging = lab.node(POLICY);
        lagging.outage().begin(HANGS, "read");
        lab.time.advance(Duration.ofSeconds(1));
        load(node, "k", 1);
        node.outage().begin(LOST);
        List<Invalidation> pending =
                List.of(cache(node).delete("k"), cache(node).delete("another"));
        node.outage().end();
        node.outage().begin(LOST, "scan");
        lab.time.advance(BEAT.multipliedBy(2));
        assertThat(node.engine().status().pending()).isZero();
        assertThat(cache(lagging).getIfPresent("k").isHit())
                .as("Redis has the value, and the node has not heard")
                .isTrue();
        assertThat(pending).allMatch(Invalidation::isPending);
        lab.time.advance(STALENESS.multipliedBy(2));
        assertThat(pending).noneMatch(Invalidation::isPending);
        assertThat(cache(lagging).getIfPresent("k").isHit()).isFalse();
    }

    @Test
    void anUnacknowledgedInvalidationIsSentAgain() {
        LabNode node = lab.node(POLICY);
        load(node, "k", 1);
        node.outage().begin(UNACKNOWLEDGED, "append");
        Invalidation invalidation = cache(node).delete("k");
        assertThat(invalidation.isPending()).isTrue();
        assertThat(cache(node).getIfPresent("k").isHit()).isFalse();
        node.outage().end();
        lab.time.advance(BEAT);
        assertThat(invalidation.isPending()).isFalse();
        assertThat(load(node, "k", 2)).isEqualTo(2);
        assertThat(load(node, "k", 3)).isEqualTo(2);
    }

    @Test
    void aNewGenerationMakesEverythingCold() {
        LabNode node = lab.node(POLICY);
        LabNode other = lab.node(POLICY);
        load(node, "k", 1);
        load(other, "k", 1);
        lab.loseMetadata();
        lab.time.advance(BEAT);
        assertThat(cache(node).getIfPresent("k").isHit()).isFalse();
        assertThat(load(other, "k", 2)).isEqualTo(2);
        assertThat(load(node, "k", 3)).isEqualTo(2);
    }

    @Test
    void aLoadThatSpansAGenerationIsNotStored() {
        LabNode node = lab.node(POLICY);
        Integer value = cache(node).get("k", (id, context) -> {
            lab.loseMetadata();
            lab.time.advance(BEAT);
            return 1;
        });
        assertThat(value).isEqualTo(1);
        assertThat(lab.bytes("c:k")).isNull();
        assertThat(load(node, "k", 2)).isEqualTo(2);
    }

    @Test
    void aWriteTicketThatSpansAGenerationOnlyInvalidates() {
        LabNode node = lab.node(POLICY);
        WriteTicket<Integer> ticket = cache(node).writeTicket("k");
        lab.loseMetadata();
        lab.time.advance(BEAT);
        assertThat(ticket.store(5, EntryOptions.DEFAULT).isPending()).isFalse();
        assertThat(cache(node).getIfPresent("k").isHit()).isFalse();
    }

    @Test
    void aWriteDuringAnOutageIsPendingAndNotStored() {
        LabNode node = lab.node(POLICY);
        load(node, "k", 1);
        WriteTicket<Integer> ticket = cache(node).writeTicket("k");
        node.outage().begin(LOST);
        assertThat(ticket.store(5, EntryOptions.DEFAULT).isPending()).isTrue();
        assertThat(cache(node).set("l", 5).isPending()).isTrue();
        assertThat(load(node, "k", 6)).isEqualTo(6);
        node.outage().end();
        lab.time.advance(BEAT);
        assertThat(node.engine().status().pending()).isZero();
        assertThat(cache(node).getIfPresent("k").isHit()).isFalse();
    }

    @Test
    void aLogThatHangsDelaysNoHitAndFencesInTime() {
        LabNode node = lab.node(POLICY);
        load(node, "k", 1);
        node.outage().begin(HANGS);
        assertThat(load(node, "k", 2)).isEqualTo(1);
        lab.time.advance(STALENESS.plus(BEAT));
        assertThat(node.engine().status().fenced()).isTrue();
    }

    private static Cache<String, Integer> cache(LabNode node) {
        return node.engine().cache("c", Integer.class);
    }

    private static Integer load(LabNode node, String id, int value) {
        return cache(node).get(id, (wanted, context) -> value);
    }
}
