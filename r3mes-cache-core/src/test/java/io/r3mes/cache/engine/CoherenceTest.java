package io.r3mes.cache.engine;

import static io.r3mes.cache.engine.Outage.Fault.HANGS;
import static io.r3mes.cache.engine.Outage.Fault.LOST;
import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.WriteTicket;
import io.r3mes.cache.engine.Lab.LabNode;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.LogEntry;
import io.r3mes.cache.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The order of steps that the promise rests on, one test for each. */
class CoherenceTest {

    private static final Duration BEAT = Duration.ofMillis(100);
    private static final CachePolicy POLICY =
            CachePolicy.of("c", "c:{id}").withTags("t:{id}").withTtl(Duration.ofHours(1));

    private final Lab lab = new Lab();

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void honoursItsOwnInvalidationBeforeTheLogBringsIt() {
        LabNode node = lab.node(POLICY);
        blind(node);
        for (Runnable invalidate : List.<Runnable>of(
                () -> cache(node).delete("k"),
                () -> node.engine().invalidator().invalidateByTag("t:k"),
                () -> node.engine().invalidator().invalidateByPattern("c:*"),
                () -> node.engine().invalidator().invalidateCache("c"),
                () -> node.engine().invalidator().invalidateAll(),
                () -> cache(node).writeTicket("k").store(0, EntryOptions.DEFAULT))) {
            cache(node).refresh("k", (id, context) -> 1);
            assertThat(cache(node).getIfPresent("k").orElse(0)).isEqualTo(1);
            invalidate.run();
            assertThat(cache(node).getIfPresent("k").orElse(0)).isZero();
        }
    }

    @Test
    void judgesEntriesOfOtherServersByTheLogUntilTheyProvedItsCompleteness() {
        LabNode node = lab.node(POLICY.withLocal(CachePolicy.Local.OFF));
        load(node, "k", 1);
        node.outage().forget();
        load(node, "k", 2);
        assertThat(node.outage().sent()).containsExactly("get");
        lab.changeServers();
        node.outage().forget();
        assertThat(load(node, "k", 2)).isEqualTo(1);
        assertThat(node.outage().sent()).containsExactly("get", "marks");
        lab.time.advance(BEAT);
        node.outage().forget();
        assertThat(load(node, "k", 2)).isEqualTo(1);
        assertThat(node.outage().sent()).containsExactly("get");
    }

    @Test
    void judgesByTheLogWhatArrivesWhileTheServersChange() {
        LabNode node = lab.node(POLICY.withLocal(CachePolicy.Local.OFF));
        load(node, "k", 1);
        node.outage().beforeNext("get", lab::changeServers);
        node.outage().forget();
        assertThat(load(node, "k", 2)).isEqualTo(1);
        assertThat(node.outage().sent()).containsExactly("get", "marks");
    }

    @Test
    void unlinksBeforeItAppends() {
        LabNode node = lab.node(POLICY);
        load(node, "k", 1);
        node.outage().begin(HANGS, "unlink");
        node.outage().forget();
        CompletableFuture<Invalidation> receipt = node.engine().invalidator().invalidateKeyAsync("c:k");
        assertThat(node.outage().sent()).contains("unlink").doesNotContain("append");
        assertThat(receipt).isNotDone();
        node.outage().end();
        node.outage().forget();
        cache(node).delete("k");
        assertThat(node.outage().sent()).containsSubsequence("unlink", "append");
    }

    @Test
    void anInvalidationDuringTheStoreOfALoadWins() {
        LabNode node = lab.node(POLICY);
        LabNode other = lab.node(POLICY);
        node.outage().beforeNext("store", () -> cache(other).delete("k"));
        assertThat(load(node, "k", 1)).isEqualTo(1);
        assertThat(lab.bytes("c:k")).isNull();
        assertThat(load(node, "k", 2)).isEqualTo(2);
    }

    @Test
    void aTagInvalidationDuringTheStoreOfALoadWins() {
        LabNode node = lab.node(POLICY);
        LabNode other = lab.node(POLICY);
        node.outage().beforeNext("store", () -> other.engine().invalidator().invalidateByTag("t:k"));
        assertThat(load(node, "k", 1)).isEqualTo(1);
        assertThat(load(node, "k", 2)).isEqualTo(2);
        assertThat(load(other, "k", 3)).isEqualTo(2);
    }

    @Test
    void aLoadOvertakenByATagInvalidationIsNotSentToTheStore() {
        LabNode node = lab.node(POLICY);
        Integer value = cache(node).get("k", (id, context) -> {
            node.engine().invalidator().invalidateByTag("t:k");
            return 1;
        });
        assertThat(value).isEqualTo(1);
        assertThat(lab.bytes("c:k")).isNull();
        assertThat(node.outage().sent()).doesNotContain("store");
    }

    @Test
    void aCallerDuringTheStoreOfALoadJoinsItNoMore() {
        LabNode node = lab.node(POLICY);
        node.outage().begin(HANGS, "store");
        CompletableFuture<Integer> first =
                cache(node).async().get("k", (id, context) -> CompletableFuture.completedFuture(1));
        assertThat(first).isNotDone();
        cache(node).async().get("k", (id, context) -> CompletableFuture.completedFuture(2));
        assertThat(node.metrics().stats().loads().joined()).isZero();
    }

    @Test
    void aCallerAfterAnInvalidationJoinsNoEarlierLoad() {
        LabNode node = lab.node(POLICY);
        CompletableFuture<Integer> old = new CompletableFuture<>();
        CompletableFuture<Integer> first = cache(node).async().get("k", (id, context) -> old);
        cache(node).delete("k");
        CompletableFuture<Integer> second =
                cache(node).async().get("k", (id, context) -> CompletableFuture.completedFuture(2));
        assertThat(second).isCompletedWithValue(2);
        old.complete(1);
        assertThat(first).isCompletedWithValue(1);
        assertThat(load(node, "k", 3)).isEqualTo(2);
    }

    @Test
    void aCallerTakesNoJoinedResultThatWasInvalidatedMeanwhile() {
        LabNode node = lab.node(POLICY);
        CompletableFuture<Integer> old = new CompletableFuture<>();
        cache(node).async().get("k", (id, context) -> old);
        CompletableFuture<Integer> joined =
                cache(node).async().get("k", (id, context) -> CompletableFuture.completedFuture(2));
        assertThat(node.metrics().stats().loads().joined()).isEqualTo(1);
        node.engine().invalidator().invalidateByTag("t:k");
        old.complete(1);
        lab.time.advance(Duration.ofSeconds(1));
        assertThat(joined).isCompletedWithValue(2);
    }

    @Test
    void aSecondAttemptOfTheSameNodeHasATokenOfItsOwn() {
        LabNode node = lab.node(POLICY);
        LabNode other = lab.node(POLICY);
        blind(node);
        CompletableFuture<Object> slow = new CompletableFuture<>();
        CompletableFuture<Object> slower = new CompletableFuture<>();
        Cache<String, Object> sameKey = node.engine().cache("c", Object.class);
        Cache<String, Number> again = node.engine().cache("c", Number.class);
        CompletableFuture<Object> first = sameKey.async().get("k", (id, context) -> slow);
        cache(other).delete("k");
        CompletableFuture<Number> second =
                again.async().get("k", (id, context) -> slower.thenApply(Number.class::cast));
        slow.complete(1);
        assertThat(first).isCompletedWithValue(1);
        assertThat(lab.bytes("c:k")).as("stored by the token of the first").isNull();
        slower.complete(2);
        assertThat(second).isCompletedWithValue(2);
        assertThat(lab.bytes("c:k")).isNotNull();
    }

    @Test
    void aTokenThatWasTakenOverStoresNothing() {
        LabNode node = lab.node(POLICY);
        Integer value = cache(node).get("k", (id, context) -> {
            Await.result(lab.store.takeOver(new Lease("c:k", "another node's", Duration.ofMinutes(1))));
            return 1;
        });
        assertThat(value).isEqualTo(1);
        assertThat(lab.bytes("c:k")).isNull();
        assertThat(cache(node).getIfPresent("k").isHit()).isFalse();
    }

    @Test
    void anEventThatTheLogLosesDropsTheNearCache() {
        LabNode node = lab.node(POLICY);
        LabNode other = lab.node(POLICY);
        load(node, "k", 1);
        LogEntry lost = new LogEntry(
                node.engine().status().position() + 50_000, "id", "one that never came", new Event.Marker());
        node.outage().answerNext("read", List.of(lost));
        lab.time.advance(Duration.ofSeconds(1));
        assertThat(node.discontinuities()).isEqualTo(1);
        assertThat(node.metrics().stats("c").localEntries()).isZero();
        assertThat(load(node, "k", 2)).as("valid in the store").isEqualTo(1);
        cache(other).delete("k");
        assertThat(load(node, "k", 3)).as("follows on").isEqualTo(3);
    }

    @Test
    void aWriteThroughOvertakenByAnotherWriterStoresNothing() {
        LabNode node = lab.node(POLICY);
        LabNode other = lab.node(POLICY);
        WriteTicket<Integer> early = cache(node).writeTicket("k");
        WriteTicket<Integer> late = cache(other).writeTicket("k");
        late.store(2, EntryOptions.DEFAULT);
        early.store(1, EntryOptions.DEFAULT);
        assertThat(load(node, "k", 3)).isEqualTo(3);
    }

    @Test
    void aWriteThroughOvertakenByATagInvalidationStoresNothing() {
        LabNode node = lab.node(POLICY);
        LabNode other = lab.node(POLICY);
        WriteTicket<Integer> ticket = cache(node).writeTicket("k");
        other.engine().invalidator().invalidateByTag("t:k");
        Invalidation receipt = ticket.store(1, EntryOptions.DEFAULT);
        assertThat(receipt.isPending()).isFalse();
        assertThat(cache(node).getIfPresent("k").isHit()).isFalse();
        assertThat(load(other, "k", 3)).isEqualTo(3);
    }

    @Test
    void awaitEverywhereWaitsForANodeThatLagsUntilItMustBeFenced() {
        LabNode node = lab.node(POLICY);
        LabNode lagging = lab.node(POLICY);
        blind(lagging);
        lab.time.advance(BEAT);
        Invalidation receipt = cache(node).delete("k");
        CompletableFuture<Boolean> soon = ((Receipt) receipt).reached(Duration.ofMillis(200));
        lab.time.advanceUntil(soon);
        assertThat(soon.join()).as("it beats, but has not applied").isFalse();
        lagging.outage().begin(LOST, "beat");
        CompletableFuture<Boolean> later = ((Receipt) receipt).reached(Duration.ofSeconds(5));
        lab.time.advanceUntil(later);
        assertThat(later.join()).isTrue();
        assertThat(lagging.engine().status().fenced()).isTrue();
    }

    @Test
    void awaitEverywhereWaitsForANodeThatTheListLost() {
        LabNode node = lab.node(POLICY);
        LabNode unlisted = lab.node(POLICY);
        lab.time.advance(Duration.ofSeconds(1));
        unlisted.outage().begin(LOST, "beat");
        unlisted.outage().begin(HANGS, "read");
        lab.loseNodes();
        lab.time.advance(BEAT);
        Invalidation receipt = cache(node).delete("k");
        CompletableFuture<Boolean> soon = ((Receipt) receipt).reached(Duration.ofMillis(200));
        lab.time.advanceUntil(soon);
        assertThat(unlisted.engine().status().fenced()).isFalse();
        assertThat(soon.join()).as("the node may still trust its near cache").isFalse();
        CompletableFuture<Boolean> later = ((Receipt) receipt).reached(Duration.ofSeconds(5));
        lab.time.advanceUntil(later);
        assertThat(later.join()).isTrue();
        assertThat(unlisted.engine().status().fenced()).isTrue();
    }

    @Test
    void awaitEverywhereWaitsForWhatANodeSharesThatTheListLost() {
        LabNode node = lab.node(POLICY);
        LabNode unlisted = lab.node(POLICY);
        unlisted.outage().begin(LOST);
        lab.loseNodes();
        lab.time.advance(Duration.ofSeconds(2));
        assertThat(load(unlisted, "k", 1)).isEqualTo(1);
        Invalidation receipt = cache(node).delete("k");
        CompletableFuture<Boolean> soon = ((Receipt) receipt).reached(Duration.ofMillis(200));
        lab.time.advanceUntil(soon);
        assertThat(load(unlisted, "k", 2)).as("what it shares").isEqualTo(1);
        assertThat(soon.join()).isFalse();
        CompletableFuture<Boolean> later = ((Receipt) receipt).reached(Duration.ofSeconds(5));
        lab.time.advanceUntil(later);
        assertThat(later.join()).isTrue();
        assertThat(load(unlisted, "k", 2)).isEqualTo(2);
    }

    @Test
    void awaitEverywhereEndsSoonOnceAListIsOld() {
        LabNode node = lab.node(POLICY);
        lab.node(POLICY);
        lab.time.advance(Duration.ofSeconds(61));
        Invalidation receipt = cache(node).delete("k");
        CompletableFuture<Boolean> everywhere = ((Receipt) receipt).reached(Duration.ofMillis(400));
        lab.time.advanceUntil(everywhere);
        assertThat(everywhere.join()).isTrue();
    }

    @Test
    void awaitEverywhereEndsOnceAllHaveApplied() {
        LabNode node = lab.node(POLICY);
        lab.node(POLICY);
        Invalidation receipt = cache(node).delete("k");
        CompletableFuture<Boolean> everywhere = Work.start(() -> receipt.awaitEverywhere(Duration.ofSeconds(5)));
        lab.time.advanceUntil(everywhere);
        assertThat(everywhere.join()).isTrue();
    }

    @Test
    void awaitEverywhereSurvivesAStoreThatIsAway() {
        LabNode node = lab.node(POLICY);
        Invalidation receipt = cache(node).delete("k");
        node.outage().begin(LOST, "nodes");
        CompletableFuture<Boolean> never = Work.start(() -> receipt.awaitEverywhere(Duration.ofMillis(300)));
        lab.time.advanceUntil(never);
        assertThat(never.join()).isFalse();
    }

    /** From now on the node learns nothing from the log, but is not fenced yet. */
    private void blind(LabNode node) {
        node.outage().begin(HANGS, "read");
        lab.time.advance(Duration.ofSeconds(1));
    }

    private static Cache<String, Integer> cache(LabNode node) {
        return node.engine().cache("c", Integer.class);
    }

    private static Integer load(LabNode node, String id, int value) {
        return cache(node).get(id, (wanted, context) -> value);
    }
}
