package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.engine.Lab.LabNode;
import io.r3mes.cache.testing.Await;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the passing of time does to entries, leases and waiting callers. */
class TimeBehaviourTest {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}")
            .withExpiry(new CachePolicy.Expiry(TTL, 0, 0))
            .withLocal(new CachePolicy.Local(true, 100, Duration.ofHours(1)));

    private final Lab lab = new Lab();
    private final AtomicInteger loads = new AtomicInteger();

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void anEntryExpiresAfterItsTtl() {
        Cache<String, Integer> cache = cache(lab.node(POLICY));
        assertThat(load(cache)).isEqualTo(1);
        lab.time.advance(TTL.minusMillis(1));
        assertThat(load(cache)).isEqualTo(1);
        lab.time.advance(Duration.ofMillis(1));
        assertThat(load(cache)).isEqualTo(2);
    }

    @Test
    void theNearCopyOfAnotherNodesEntryNeverOutlivesIt() {
        LabNode first = lab.node(POLICY);
        LabNode second = lab.node(POLICY);
        load(cache(first));
        lab.time.advance(TTL.minusMillis(300));
        Cache<String, Integer> copy = cache(second);
        assertThat(load(copy)).isEqualTo(1);
        assertThat(load(copy)).isEqualTo(1);
        assertThat(second.metrics().stats().reads().localHits()).isEqualTo(1);
        lab.time.advance(Duration.ofMillis(300));
        assertThat(load(copy)).isEqualTo(2);
    }

    @Test
    void theNearCacheKeepsAnEntryNoLongerThanItsOwnTtl() {
        LabNode node = lab.node(POLICY.withLocal(new CachePolicy.Local(true, 100, Duration.ofSeconds(2))));
        Cache<String, Integer> cache = cache(node);
        load(cache);
        lab.time.advance(Duration.ofSeconds(2));
        assertThat(load(cache)).isEqualTo(1);
        assertThat(node.metrics().stats().reads().localHits()).isZero();
        assertThat(node.metrics().stats().reads().remoteHits()).isEqualTo(1);
    }

    @Test
    void theTtlOfALoaderAndOfACallerReplaceThePolicys() {
        Cache<String, Integer> cache = cache(lab.node(POLICY));
        cache.get("a", (id, context) -> {
            context.ttl(Duration.ofSeconds(1));
            return 1;
        });
        cache.set("b", 1, EntryOptions.ttl(Duration.ofSeconds(1)));
        lab.time.advance(Duration.ofMillis(900));
        assertThat(cache.getIfPresent("a").isHit()).isTrue();
        assertThat(cache.getIfPresent("b").isHit()).isTrue();
        lab.time.advance(Duration.ofMillis(200));
        assertThat(cache.getIfPresent("a").isHit()).isFalse();
        assertThat(cache.getIfPresent("b").isHit()).isFalse();
    }

    @Test
    void jitterSpreadsExpiryWithinItsBound() {
        Cache<String, Integer> cache = cache(lab.node(POLICY.withExpiry(new CachePolicy.Expiry(TTL, 0.5, 0))));
        for (int i = 0; i < 50; i++) {
            cache.set("k" + i, i);
        }
        lab.time.advance(TTL.dividedBy(2).minusMillis(1));
        assertThat(present(cache)).isEqualTo(50);
        lab.time.advance(TTL.dividedBy(4));
        assertThat(present(cache)).isBetween(5, 45);
        lab.time.advance(TTL.dividedBy(4));
        assertThat(present(cache)).isZero();
    }

    @Test
    void aLateHitLoadsAheadOfTheExpiry() {
        Cache<String, Integer> cache = cache(lab.node(POLICY.withExpiry(new CachePolicy.Expiry(TTL, 0, 0.3))));
        load(cache);
        lab.time.advance(TTL.multipliedBy(7).dividedBy(10).minusMillis(1));
        assertThat(load(cache)).isEqualTo(1);
        assertThat(loads).hasValue(1);
        lab.time.advance(Duration.ofMillis(1));
        assertThat(load(cache)).as("the hit that starts the load").isEqualTo(1);
        assertThat(loads).hasValue(2);
        assertThat(load(cache)).isEqualTo(2);
        lab.time.advance(TTL.dividedBy(2));
        assertThat(load(cache)).as("lives for a whole TTL again").isEqualTo(2);
    }

    @Test
    void anEntryOfAShorterTtlIsLoadedAheadByTheShareOfItsOwn() {
        Cache<String, Integer> cache = cache(lab.node(POLICY.withExpiry(new CachePolicy.Expiry(TTL, 0, 0.3))));
        cache.get("k", (id, context) -> {
            context.ttl(TTL.dividedBy(10));
            return 1;
        });
        lab.time.advance(TTL.dividedBy(20));
        assertThat(load(cache)).isEqualTo(1);
        assertThat(loads).as("no load ahead at half of its life").hasValue(0);
    }

    @Test
    void aLateAsynchronousHitLoadsAheadToo() {
        Cache<String, Integer> cache = cache(lab.node(POLICY.withExpiry(new CachePolicy.Expiry(TTL, 0, 0.3))));
        load(cache);
        lab.time.advance(Duration.ofSeconds(8));
        assertThat(Await.result(cache.async().get("k", (id, context) -> CompletableFuture.completedFuture(9))))
                .isEqualTo(1);
        assertThat(load(cache)).isEqualTo(9);
    }

    @Test
    void aFailedLoadAheadLeavesTheEntry() {
        Cache<String, Integer> cache = cache(lab.node(POLICY.withExpiry(new CachePolicy.Expiry(TTL, 0, 0.3))));
        load(cache);
        lab.time.advance(Duration.ofSeconds(8));
        Integer value = cache.get("k", (id, context) -> {
            throw new IllegalStateException("source is down");
        });
        assertThat(value).isEqualTo(1);
        assertThat(load(cache)).isEqualTo(1);
    }

    @Test
    void theLeaseOfACrashedLoaderLapsesAndIsTakenOver() {
        Cache<String, Integer> cache = cache(lab.node(POLICY));
        assertThat(lab.hold("c:k", Duration.ofSeconds(3))).isTrue();
        CompletableFuture<Integer> read = cache.async().get("k", (id, context) -> CompletableFuture.completedFuture(1));
        lab.time.advance(Duration.ofMillis(2_999));
        assertThat(read).isNotDone();
        lab.time.advance(Duration.ofMillis(50));
        assertThat(read).isCompletedWithValue(1);
        assertThat(lab.bytes("c:k")).as("stored under the new lease").isNotNull();
    }

    @Test
    void aLoaderSlowerThanItsLeaseKeepsIt() {
        Cache<String, Integer> cache = cache(lab.node(POLICY));
        cache.get("k", (id, context) -> {
            for (int i = 0; i < 30; i++) {
                lab.time.advance(Duration.ofSeconds(1));
                assertThat(lab.hold("c:k", Duration.ofSeconds(1))).isFalse();
            }
            return 5;
        });
        assertThat(lab.bytes("c:k")).isNotNull();
        assertThat(lab.hold("c:k", Duration.ofSeconds(1))).as("released").isTrue();
    }

    @Test
    void aLoaderThatRunsForTooLongLosesItsLeaseAndStoresNothing() {
        Cache<String, Integer> cache = cache(lab.node(POLICY));
        Integer value = cache.get("k", (id, context) -> {
            lab.time.advance(POLICY.load().maxLoad().plus(POLICY.load().lease()).plusSeconds(1));
            assertThat(lab.hold("c:k", Duration.ofMillis(1))).isTrue();
            return 5;
        });
        assertThat(value).isEqualTo(5);
        assertThat(lab.bytes("c:k")).isNull();
        assertThat(cache.getIfPresent("k").isHit()).isFalse();
    }

    @Test
    void aCallerWaitsNoLongerThanItsMaximumThenLoadsForItselfAndStoresNothing() {
        Cache<String, Integer> cache = cache(lab.node(POLICY));
        lab.hold("c:k", Duration.ofHours(1));
        CompletableFuture<Integer> read = cache.async().get("k", (id, context) -> CompletableFuture.completedFuture(1));
        lab.time.advance(POLICY.load().maxWait().minusMillis(1));
        assertThat(read).isNotDone();
        lab.time.advance(Duration.ofMillis(50));
        assertThat(read).isCompletedWithValue(1);
        assertThat(lab.bytes("c:k")).isNull();
    }

    @Test
    void aCallerThatJoinsLateStillWaitsNoLongerThanItsMaximum() {
        CachePolicy patient = POLICY.withLoad(
                new CachePolicy.Load(Duration.ofSeconds(3), Duration.ofSeconds(60), Duration.ofSeconds(4)));
        Cache<String, Integer> cache = cache(lab.node(patient));
        lab.hold("c:k", Duration.ofHours(1));
        CompletableFuture<Integer> first =
                cache.async().get("k", (id, context) -> CompletableFuture.completedFuture(1));
        lab.time.advance(Duration.ofSeconds(2));
        CompletableFuture<Integer> second =
                cache.async().get("k", (id, context) -> CompletableFuture.completedFuture(2));
        lab.time.advance(Duration.ofSeconds(2).plusMillis(100));
        assertThat(first).isCompletedWithValue(1);
        lab.time.advance(Duration.ofSeconds(2));
        assertThat(second).isCompletedWithValue(2);
    }

    @Test
    void aCallerWhoJoinsALoadThatHangsLoadsForItself() {
        Cache<String, Integer> cache = cache(lab.node(POLICY));
        CompletableFuture<Integer> hanging = new CompletableFuture<>();
        cache.async().get("k", (id, context) -> hanging);
        CompletableFuture<Integer> joined =
                cache.async().get("k", (id, context) -> CompletableFuture.completedFuture(2));
        lab.time.advance(POLICY.load().maxWait().minusMillis(1));
        assertThat(joined).isNotDone();
        lab.time.advance(Duration.ofMillis(1));
        assertThat(joined).isCompletedWithValue(2);
        assertThat(lab.bytes("c:k")).as("stores nothing").isNull();
        hanging.complete(1);
        assertThat(lab.bytes("c:k")).isNotNull();
    }

    @Test
    void waitsForAPositionNoLongerThanTheTimeout() {
        LabNode node = lab.node(POLICY);
        long head = node.engine().status().position();
        assertThat(node.engine().awaitApplied(head, Duration.ZERO)).isTrue();
        CompletableFuture<Boolean> late = Work.start(() ->
                node.engine().awaitApplied(head + Duration.ofHours(1).toNanos() / 1_000, Duration.ofSeconds(2)));
        assertThat(lab.time.advanceUntil(late))
                .isGreaterThan(Duration.ofSeconds(2).minusMillis(10));
        assertThat(late.join()).isFalse();
    }

    @Test
    void countsAPositionAsAppliedOnceTheLogIsProvedCompleteAtALaterTime() {
        LabNode node = lab.node(POLICY);
        long later = node.engine().status().position() + Duration.ofMillis(250).toNanos() / 1_000;
        CompletableFuture<Boolean> waiting = Work.start(() -> node.engine().awaitApplied(later, Duration.ofHours(1)));
        lab.time.advanceUntil(waiting);
        assertThat(waiting.join()).isTrue();
    }

    private static int present(Cache<String, Integer> cache) {
        int present = 0;
        for (int i = 0; i < 50; i++) {
            present += cache.getIfPresent("k" + i).isHit() ? 1 : 0;
        }
        return present;
    }

    private static Cache<String, Integer> cache(LabNode node) {
        return node.engine().cache("c", Integer.class);
    }

    private Integer load(Cache<String, Integer> cache) {
        return cache.get("k", (id, context) -> loads.incrementAndGet());
    }
}
