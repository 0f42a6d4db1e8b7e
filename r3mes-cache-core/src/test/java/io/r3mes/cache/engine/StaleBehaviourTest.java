package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.StalePolicy;
import io.r3mes.cache.engine.Lab.LabNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values past their TTL: who gets them, who loads, and what ends them. */
class StaleBehaviourTest {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final CachePolicy FRESH = CachePolicy.of("c", "c:{id}")
            .withTags("t:{id}")
            .withExpiry(new CachePolicy.Expiry(TTL, 0, 0))
            .withLocal(new CachePolicy.Local(true, 100, Duration.ofHours(1)));
    private static final CachePolicy REVALIDATES =
            FRESH.withStale(new StalePolicy(Duration.ofSeconds(20), Duration.ZERO, RETRY));
    private static final CachePolicy TOLERATES =
            FRESH.withStale(new StalePolicy(Duration.ZERO, Duration.ofSeconds(20), RETRY));

    private final Lab lab = new Lab();
    private final AtomicInteger loads = new AtomicInteger();

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void servesAStaleValueWhileOneLoadRunsInTheBackground() {
        LabNode node = lab.node(REVALIDATES);
        Cache<String, Integer> cache = loaded(node);
        Cache<String, Integer> other = cache(lab.node(REVALIDATES));
        lab.time.advance(TTL);
        CompletableFuture<Integer> loading = new CompletableFuture<>();
        assertThat(get(cache, loading)).isCompletedWithValue(1);
        assertThat(get(cache, loading)).isCompletedWithValue(1);
        assertThat(get(other, loading)).isCompletedWithValue(1);
        assertThat(loads).as("one load in the cluster").hasValue(1);
        assertThat(node.metrics().stats().loads().stale()).isEqualTo(2);
        assertThat(node.metrics().stats().reads().remoteHits()).isEqualTo(2);
        loading.complete(2);
        assertThat(get(cache, loading)).isCompletedWithValue(2);
        assertThat(get(other, loading)).isCompletedWithValue(2);
        assertThat(loads).hasValue(1);
    }

    @Test
    void waitsForTheLoadOfAValueThatIsTooOldToServe() {
        Cache<String, Integer> cache = loaded(lab.node(REVALIDATES));
        lab.time.advance(TTL.plusSeconds(20));
        CompletableFuture<Integer> loading = new CompletableFuture<>();
        CompletableFuture<Integer> read = get(cache, loading);
        assertThat(read).isNotDone();
        loading.complete(2);
        assertThat(read).isCompletedWithValue(2);
    }

    @Test
    void keepsAnEntryInRedisForTheLongerPeriod() {
        loaded(lab.node(FRESH.withStale(new StalePolicy(Duration.ofSeconds(3), Duration.ofSeconds(5), RETRY))));
        lab.time.advance(TTL.plusSeconds(5).minusMillis(1));
        assertThat(lab.bytes("c:k")).isNotNull();
        lab.time.advance(Duration.ofMillis(1));
        assertThat(lab.bytes("c:k")).isNull();
    }

    @Test
    void servesNoStaleValueWithoutAPolicy() {
        loaded(lab.node(TOLERATES));
        lab.time.advance(TTL);
        Cache<String, Integer> strict = cache(lab.node(FRESH));
        assertThatThrownBy(() -> fail(strict)).isInstanceOf(Broken.class);
    }

    @Test
    void servesAStaleValueIfTheLoadFails() {
        LabNode node = lab.node(TOLERATES);
        Cache<String, Integer> cache = loaded(node);
        lab.time.advance(TTL);
        assertThat(fail(cache)).isEqualTo(1);
        assertThat(node.metrics().stats().loads().failures()).isEqualTo(1);
        assertThat(node.metrics().stats().loads().stale()).isEqualTo(1);
        assertThat(node.metrics().stats().reads().misses()).isEqualTo(2);
        lab.time.advance(Duration.ofSeconds(20));
        assertThatThrownBy(() -> fail(cache)).isInstanceOf(Broken.class);
    }

    @Test
    void noNodeRepeatsAFailedLoadTooSoonAndTheFirstSuccessIsSeenByAll() {
        List<Cache<String, Integer>> nodes = List.of(loaded(lab.node(TOLERATES)), cache(lab.node(TOLERATES)));
        lab.time.advance(TTL);
        int failures = 0;
        for (int i = 0; i < 80; i++) {
            assertThat(fail(nodes.get(i % 2))).isEqualTo(1);
            lab.time.advance(Duration.ofMillis(100));
        }
        assertThat(loads.get() - failures).as("calls in 8 s").isBetween(3, 4);
        lab.time.advance(RETRY);
        assertThat(nodes.get(1).get("k", (id, context) -> 2)).isEqualTo(2);
        assertThat(fail(nodes.get(0))).isEqualTo(2);
        assertThat(fail(nodes.get(1))).isEqualTo(2);
    }

    @Test
    void aFailedLoadInTheBackgroundIsNotRepeatedTooSoon() {
        Cache<String, Integer> cache = loaded(lab.node(REVALIDATES));
        lab.time.advance(TTL);
        for (int i = 0; i < 40; i++) {
            assertThat(fail(cache)).isEqualTo(1);
            lab.time.advance(Duration.ofMillis(100));
        }
        assertThat(loads).as("calls in 4 s").hasValueBetween(2, 3);
    }

    @Test
    void nobodyIsKeptFromLoadingOnceTheStaleValueCanBeServedNoLonger() {
        Cache<String, Integer> cache = loaded(lab.node(TOLERATES));
        lab.time.advance(TTL.plusSeconds(19));
        assertThat(fail(cache)).isEqualTo(1);
        lab.time.advance(Duration.ofSeconds(1));
        assertThat(lab.hold("c:k", Duration.ofSeconds(1))).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void noStaleValueIsServedOnceAnInvalidationCoversIt(Covering covering) {
        LabNode node = lab.node(TOLERATES);
        Cache<String, Integer> cache = loaded(node);
        LabNode other = lab.node(TOLERATES);
        lab.time.advance(TTL);
        assertThat(fail(cache)).isEqualTo(1);
        assertThat(fail(cache(other))).isEqualTo(1);
        invalidateAndPutBack(other, covering);
        assertThatThrownBy(() -> fail(cache)).isInstanceOf(Broken.class);
        assertThatThrownBy(() -> fail(cache(other))).isInstanceOf(Broken.class);
        if (covering.isKnownToNewNodes) {
            assertThatThrownBy(() -> fail(cache(lab.node(TOLERATES)))).isInstanceOf(Broken.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void noStaleValueIsServedAtOnceOnceAnInvalidationCoversIt(Covering covering) {
        Cache<String, Integer> cache = loaded(lab.node(REVALIDATES));
        LabNode other = lab.node(REVALIDATES);
        lab.time.advance(TTL);
        invalidateAndPutBack(other, covering);
        assertThat(get(cache(other), new CompletableFuture<>())).isNotDone();
        assertThat(get(cache, new CompletableFuture<>())).isNotDone();
        if (covering.isKnownToNewNodes) {
            assertThat(get(cache(lab.node(REVALIDATES)), new CompletableFuture<>()))
                    .isNotDone();
        }
    }

    /** Leaves the value in Redis, as a tag's invalidation does at first: then judgement alone decides. */
    private void invalidateAndPutBack(LabNode issuer, Covering covering) {
        byte[] covered = lab.bytes("c:k");
        covering.issue.accept(issuer.engine().invalidator());
        lab.put("c:k", covered);
    }

    @Test
    void anInvalidationEndsThePauseAfterAFailure() {
        LabNode node = lab.node(TOLERATES);
        Cache<String, Integer> cache = loaded(node);
        lab.time.advance(TTL);
        fail(cache);
        node.engine().invalidator().invalidateKey("c:k");
        assertThat(cache.get("k", (id, context) -> 2)).isEqualTo(2);
    }

    @Test
    void aStaleValueThatIsInvalidatedDuringTheLoadIsNotServedIfItFails() {
        LabNode node = lab.node(TOLERATES);
        Cache<String, Integer> cache = loaded(node);
        lab.time.advance(TTL);
        CompletableFuture<Integer> loading = new CompletableFuture<>();
        CompletableFuture<Integer> read = get(cache, loading);
        CompletableFuture<Integer> joined = get(cache, loading);
        node.engine().invalidator().invalidateKey("c:k");
        loading.completeExceptionally(new Broken());
        assertThat(read).isCompletedExceptionally();
        assertThat(joined).isCompletedExceptionally();
    }

    @Test
    void whoWaitsForALoadThatFailsGetsTheStaleValueToo() {
        LabNode node = lab.node(TOLERATES);
        Cache<String, Integer> cache = loaded(node);
        lab.time.advance(TTL);
        CompletableFuture<Integer> loading = new CompletableFuture<>();
        CompletableFuture<Integer> read = get(cache, loading);
        CompletableFuture<Integer> joined = get(cache, loading);
        assertThat(joined).isNotDone();
        loading.completeExceptionally(new Broken());
        assertThat(read).isCompletedWithValue(1);
        assertThat(joined).isCompletedWithValue(1);
        assertThat(loads).hasValue(1);
    }

    @Test
    void aNodeThatRemembersNothingServesItToAllWhoWait() {
        CachePolicy untagged = TOLERATES.withTags();
        loaded(lab.node(untagged)).set("other", 1);
        lab.time.advance(TTL);
        LabNode node = lab.node(untagged);
        CompletableFuture<Integer> loading = new CompletableFuture<>();
        CompletableFuture<Integer> read = get(cache(node), loading);
        CompletableFuture<Integer> joined = get(cache(node), loading);
        node.outage().forget();
        loading.completeExceptionally(new Broken());
        assertThat(read).isCompletedWithValue(1);
        assertThat(joined).isCompletedWithValue(1);
        assertThat(node.outage().sent()).as("who joined asks nothing").doesNotContain("get", "acquire");
    }

    @Test
    void callersWhoWantNoStaleValueGetNone() {
        Cache<String, Integer> cache = loaded(lab.node(TOLERATES));
        lab.time.advance(TTL);
        assertThat(cache.getIfPresent("k").isHit()).isFalse();
        assertThatThrownBy(() -> cache.refresh("k", (id, context) -> {
                    throw new Broken();
                }))
                .isInstanceOf(Broken.class);
        lab.time.advance(RETRY);
        assertThat(cache.getAll(List.of("k"), ids -> Map.of("k", 3))).containsEntry("k", 3);
    }

    @Test
    void aFailedRefreshLeavesWhatIsFresh() {
        Cache<String, Integer> cache = loaded(lab.node(TOLERATES));
        assertThatThrownBy(() -> cache.refresh("k", (id, context) -> {
                    throw new Broken();
                }))
                .isInstanceOf(Broken.class);
        assertThat(fail(cache)).isEqualTo(1);
    }

    @Test
    void aHitInRedisStartsTheLoadAheadOfItsExpiry() {
        CachePolicy policy = FRESH.withLocal(CachePolicy.Local.OFF).withExpiry(new CachePolicy.Expiry(TTL, 0, 0.3));
        Cache<String, Integer> cache = loaded(lab.node(policy));
        CompletableFuture<Integer> loading = new CompletableFuture<>();
        lab.time.advance(TTL.multipliedBy(6).dividedBy(10));
        assertThat(get(cache, loading)).isCompletedWithValue(1);
        assertThat(loads).hasValue(0);
        lab.time.advance(TTL.dividedBy(10));
        assertThat(get(cache, loading)).isCompletedWithValue(1);
        assertThat(get(cache, loading)).as("nobody waits for it").isCompletedWithValue(1);
        assertThat(loads).hasValue(1);
        loading.complete(2);
        assertThat(get(cache, loading)).isCompletedWithValue(2);
        assertThat(loads).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLoadInTheBackgroundGivesUpWhereAnotherNodeLoads(boolean expired) {
        CachePolicy policy = REVALIDATES.withExpiry(new CachePolicy.Expiry(TTL, 0, 0.3));
        LabNode node = lab.node(expired ? policy : policy.withStale(StalePolicy.DEFAULT));
        Cache<String, Integer> cache = loaded(node);
        lab.time.advance(expired ? TTL : TTL.minusSeconds(2));
        lab.hold("c:k", Duration.ofSeconds(5));
        assertThat(get(cache, new CompletableFuture<>())).isCompletedWithValue(1);
        assertThat(node.outage().sent()).contains("acquire");
        node.outage().forget();
        lab.time.advance(Duration.ofMillis(90));
        assertThat(node.outage().sent()).as("no polling").doesNotContain("acquire");
    }

    private static Cache<String, Integer> cache(LabNode node) {
        return node.engine().cache("c", Integer.class);
    }

    private static Cache<String, Integer> loaded(LabNode node) {
        Cache<String, Integer> cache = cache(node);
        cache.get("k", (id, context) -> 1);
        return cache;
    }

    private CompletableFuture<Integer> get(Cache<String, Integer> cache, CompletableFuture<Integer> loading) {
        return cache.async().get("k", (id, context) -> {
            loads.incrementAndGet();
            return loading;
        });
    }

    private Integer fail(Cache<String, Integer> cache) {
        return cache.get("k", (id, context) -> {
            loads.incrementAndGet();
            throw new Broken();
        });
    }

    /** The ways to cover the entry. */
    enum Covering {
        KEY(false, invalidator -> invalidator.invalidateKey("c:k")),
        TAG(true, invalidator -> invalidator.invalidateByTag("t:k")),
        PATTERN(true, invalidator -> invalidator.invalidateByPattern("c:*")),
        CACHE(true, invalidator -> invalidator.invalidateCache("c")),
        ALL(true, CacheInvalidator::invalidateAll);

        private final boolean isKnownToNewNodes;
        private final Consumer<CacheInvalidator> issue;

        /**
         * @param isKnownToNewNodes whether the log knows of it; that a key's value stays removed is Redis' part
         */
        Covering(boolean isKnownToNewNodes, Consumer<CacheInvalidator> issue) {
            this.isKnownToNewNodes = isKnownToNewNodes;
            this.issue = issue;
        }
    }

    /** The source's failure. */
    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
