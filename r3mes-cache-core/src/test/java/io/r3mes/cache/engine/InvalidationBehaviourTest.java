package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.CacheKeyException;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.WriteTicket;
import io.r3mes.cache.testing.TestNodes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What invalidations, raw keys, bulk reads, tickets and refreshes promise, on each backend. */
@ParameterizedClass
@EnumSource(Backend.class)
class InvalidationBehaviourTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final CachePolicy[] POLICIES = {
        CachePolicy.of("c", "c:{id}").withTags("t:{id}", "all-c"),
        CachePolicy.of("d", "d:{id}").withTags("all-d"),
    };

    private final Backend backend;
    private final TestNodes nodes;
    private final CacheManager here;
    private final CacheManager there;
    private final Cache<String, Integer> cache;
    private final Cache<String, Integer> cacheThere;
    private final CacheInvalidator invalidator;

    InvalidationBehaviourTest(Backend backend) {
        this.backend = backend;
        nodes = backend.open();
        here = Backend.start(nodes, POLICIES);
        there = Backend.start(nodes, POLICIES);
        cache = here.cache("c", Integer.class);
        cacheThere = there.cache("c", Integer.class);
        invalidator = here.invalidator();
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void byKey() {
        covers(each -> each.invalidateKey("c:a"), 1, Set.of("a"));
    }

    @Test
    void byKeys() {
        covers(each -> each.invalidateKeys(List.of("c:a", "c:b", "c:absent")), 2, Set.of("a", "b"));
    }

    @Test
    void byTag() {
        covers(each -> each.invalidateByTag("t:a"), 1, Set.of("a"));
    }

    @Test
    void bySeveralTags() {
        covers(each -> each.invalidateByTag("t:a", "t:b", "t:absent"), 2, Set.of("a", "b"));
    }

    @Test
    void byPattern() {
        covers(each -> each.invalidateByPattern("c:?"), 3, Set.of("a", "b", "c"));
    }

    @Test
    void byCache() {
        covers(each -> each.invalidateCache("c"), 4, Set.of("a", "b", "c", "long"));
    }

    @Test
    void everything() {
        covers(CacheInvalidator::invalidateAll, 5, Set.of("a", "b", "c", "long", "other"));
    }

    @Test
    void asynchronously() {
        covers(each -> each.invalidateKeyAsync("c:a").join(), 1, Set.of("a"));
        covers(each -> each.invalidateKeysAsync(List.of("c:a", "c:b")).join(), 2, Set.of("a", "b"));
        covers(each -> each.invalidateByTagAsync("t:a").join(), 1, Set.of("a"));
        covers(each -> each.invalidateByPatternAsync("c:?").join(), 3, Set.of("a", "b", "c"));
        covers(each -> each.invalidateCacheAsync("c").join(), 4, Set.of("a", "b", "c", "long"));
        covers(each -> each.invalidateAllAsync().join(), 5, Set.of("a", "b", "c", "long", "other"));
    }

    /** Fills both nodes, invalidates on this one, and finds on both that exactly {@code gone} is gone. */
    private void covers(Function<CacheInvalidator, Invalidation> invalidate, long removed, Set<String> gone) {
        Cache<String, Integer> other = here.cache("d", Integer.class);
        Cache<String, Integer> otherThere = there.cache("d", Integer.class);
        Map<String, List<Cache<String, Integer>>> entries = new HashMap<>();
        List.of("a", "b", "c", "long").forEach(id -> entries.put(id, List.of(cache, cacheThere)));
        entries.put("other", List.of(other, otherThere));
        entries.forEach((id, both) -> both.forEach(each -> each.get(id, (wanted, context) -> 1)));
        Invalidation receipt = invalidate.apply(invalidator);
        assertThat(receipt.isPending()).isFalse();
        entries.forEach((id, both) ->
                assertThat(both.get(0).getIfPresent(id).isHit()).as(id).isEqualTo(!gone.contains(id)));
        assertThat(receipt.removed().orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(removed);
        assertThat(there.awaitApplied(receipt.position().orElseThrow(), LONG)).isTrue();
        entries.forEach((id, both) ->
                assertThat(both.get(1).getIfPresent(id).isHit()).as(id).isEqualTo(!gone.contains(id)));
    }

    @Test
    void manyKeysAtOnce() {
        List<String> ids = IntStream.range(0, 1_200).mapToObj(i -> "k" + i).toList();
        cache.getAll(ids, wanted -> {
            Map<String, Integer> loaded = new HashMap<>();
            wanted.forEach(id -> loaded.put(id, 1));
            return loaded;
        });
        Invalidation receipt =
                invalidator.invalidateKeys(ids.stream().map(cache::key).toList());
        assertThat(receipt.removed().join()).isEqualTo(1_200);
        assertThat(there.awaitApplied(receipt.position().orElseThrow(), LONG)).isTrue();
        assertThat(ids).noneMatch(id -> cache.getIfPresent(id).isHit());
        assertThat(ids).noneMatch(id -> cacheThere.getIfPresent(id).isHit());
    }

    @Test
    void nothingAtAll() {
        assertThat(invalidator.invalidateKeys(List.of()).removed().join()).isZero();
    }

    @Test
    void positionsGrowAndCanBeWaitedForOnAnotherNode() {
        long first = cache.delete("a").position().orElseThrow();
        long second = cacheThere.delete("a").position().orElseThrow();
        assertThat(second).isGreaterThan(first);
        assertThat(here.awaitApplied(second, LONG)).isTrue();
        assertThat(there.awaitApplied(second, LONG)).isTrue();
        assertThat(here.status().position()).isGreaterThanOrEqualTo(second);
        assertThat(here.awaitApplied(Long.MAX_VALUE, Duration.ofMillis(50))).isFalse();
    }

    @Test
    void awaitEverywhereEndsOnceTheOtherNodeHasApplied() {
        try (TestNodes pair = backend.open()) {
            CacheManager issuer = pair.start(POLICIES);
            Cache<String, Integer> other = pair.start(POLICIES).cache("c", Integer.class);
            other.set("a", 1);
            assertThat(issuer.delete("c:a").awaitEverywhere(LONG)).isTrue();
            assertThat(other.getIfPresent("a").isHit()).isFalse();
        }
    }

    @Test
    void refusesWhatCannotBeInvalidated() {
        assertThatExceptionOfType(CacheKeyException.class).isThrownBy(() -> invalidator.invalidateKey("nobody:1"));
        assertThatExceptionOfType(CacheKeyException.class)
                .isThrownBy(() -> invalidator.invalidateKeysAsync(List.of("c:a", "nobody")));
        assertThatIllegalArgumentException().isThrownBy(() -> invalidator.invalidateByTag(""));
        assertThatIllegalArgumentException().isThrownBy(() -> invalidator.invalidateByPattern(""));
        assertThatIllegalArgumentException().isThrownBy(() -> invalidator.invalidateCache("nobody"));
    }

    @Test
    void rawKeysReachTheSameEntries() {
        here.set("c:a", 5);
        assertThat(cacheThere.getIfPresent("a").orElse(null)).isEqualTo(5);
        assertThat(here.get("c:a", Integer.class).orElse(null)).isEqualTo(5);
        here.set("c:b", null, EntryOptions.ttl(Duration.ofMinutes(1)));
        assertThat(there.get("c:b", Integer.class).isHit()).isTrue();
        long deleted = there.delete("c:a").position().orElseThrow();
        assertThat(here.awaitApplied(deleted, LONG)).isTrue();
        assertThat(here.get("c:a", Integer.class).isHit()).isFalse();
        assertThat(here.get("c:a", Integer.class).isHit()).isFalse();
        assertThatExceptionOfType(CacheKeyException.class).isThrownBy(() -> here.get("nobody:1", Integer.class));
        assertThatExceptionOfType(CacheKeyException.class).isThrownBy(() -> here.set("nobody:1", 1));
        assertThatExceptionOfType(CacheKeyException.class).isThrownBy(() -> here.delete("c:a b"));
    }

    @Test
    void bulkReadKeepsOrderAndAsksOnceForWhatIsMissing() {
        cache.set("b", 20);
        cacheThere.get("near", (id, context) -> 30);
        cache.getIfPresent("near");
        List<Set<String>> asked = new ArrayList<>();
        Map<String, Integer> values = cache.getAll(List.of("c", "b", "a", "c", "near", "none", "b"), ids -> {
            asked.add(Set.copyOf(ids));
            return Map.of("a", 1, "c", 3);
        });
        assertThat(asked).containsExactly(Set.of("a", "c", "none"));
        assertThat(values.keySet()).containsExactly("c", "b", "a", "near", "none");
        assertThat(values.get("none")).isNull();
        assertThat(values)
                .containsEntry("a", 1)
                .containsEntry("b", 20)
                .containsEntry("c", 3)
                .containsEntry("near", 30);
        assertThat(cacheThere.getIfPresent("none").isHit())
                .as("a missing id is a null")
                .isTrue();
        assertThat(cacheThere.getAll(List.of("a", "b", "c", "none"), ids -> {
                    throw new AssertionError("all are cached");
                }))
                .hasSize(4);
        assertThat(cache.getAll(List.of(), ids -> Map.of())).isEmpty();
    }

    @Test
    void aFailedBulkLoadThrowsItsExceptionAndLeavesNoLease() {
        IOException failure = new IOException("source is down");
        assertThatThrownBy(() -> cache.getAll(List.of("a", "b"), ids -> {
                    throw failure;
                }))
                .isSameAs(failure);
        long startedAt = System.nanoTime();
        assertThat(cacheThere.get("a", (id, context) -> 7)).isEqualTo(7);
        assertThat(cacheThere.getIfPresent("a").isHit()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - startedAt))
                .isLessThan(CachePolicy.Load.DEFAULT.lease().minusMillis(500));
    }

    @Test
    void refreshReplacesAValidEntry() {
        cache.get("a", (id, context) -> 1);
        assertThat(cache.refresh("a", (id, context) -> 2)).isEqualTo(2);
        assertThat(cache.getIfPresent("a").orElse(null)).isEqualTo(2);
        IOException failure = new IOException("source is down");
        assertThatThrownBy(() -> cache.refresh("a", (id, context) -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(cache.getIfPresent("a").orElse(null)).isEqualTo(2);
    }

    @Test
    void aTicketStoresOnceOrNothing() {
        WriteTicket<Integer> ticket = cache.writeTicket("a");
        assertThat(ticket.store(5, EntryOptions.DEFAULT).isPending()).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> ticket.store(6, EntryOptions.DEFAULT));
        ticket.close();
        assertThat(cacheThere.getIfPresent("a").orElse(null)).isEqualTo(5);
        try (WriteTicket<Integer> abandoned = cache.writeTicket("a")) {
            assertThat(abandoned).isNotNull();
        }
        assertThat(cacheThere.getIfPresent("a").orElse(null)).isEqualTo(5);
        assertThat(cache.refresh("a", (id, context) -> 8))
                .as("no lease is left")
                .isEqualTo(8);
        assertThat(cacheThere.getIfPresent("a")).isNotNull();
    }

    @Test
    void closingSendsWhatIsUnderWayAndCanBeRepeated() {
        cacheThere.get("a", (id, context) -> 1);
        cacheThere.get("b", (id, context) -> 1);
        var one = invalidator.invalidateKeyAsync("c:a");
        var other = invalidator.invalidateByTagAsync("t:b");
        here.close();
        here.close();
        for (Invalidation sent : List.of(one.join(), other.join())) {
            assertThat(sent.isPending()).isFalse();
            assertThat(there.awaitApplied(sent.position().orElseThrow(), LONG)).isTrue();
        }
        assertThat(cacheThere.getIfPresent("a").isHit()).isFalse();
        assertThat(cacheThere.getIfPresent("b").isHit()).isFalse();
    }

    @Test
    void namesItsCachesAndRefusesOthers() {
        assertThat(here.cacheNames()).containsExactly("c", "d");
        assertThat(here.policy("c").name()).isEqualTo("c");
        assertThat(cache.name()).isEqualTo("c");
        assertThatIllegalArgumentException().isThrownBy(() -> here.cache("nobody", Integer.class));
        assertThatIllegalArgumentException().isThrownBy(() -> here.policy("nobody"));
    }
}
