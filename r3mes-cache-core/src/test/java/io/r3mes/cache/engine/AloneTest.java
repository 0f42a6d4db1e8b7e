package io.r3mes.cache.engine;

import static io.r3mes.cache.engine.Outage.Fault.LOST;
import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.CachePolicy.Load;
import io.r3mes.cache.CachePolicy.Local;
import io.r3mes.cache.engine.Lab.LabNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the callers of one node load, and share, while Redis does not answer. */
class AloneTest {

    private static final Duration STALENESS = EngineConfig.Coherence.DEFAULT.maxStaleness();
    private static final CachePolicy POLICY =
            CachePolicy.of("c", "c:{id}").withTags("t:{id}").withTtl(Duration.ofHours(1));

    private final Lab lab = new Lab();
    private final AtomicInteger loads = new AtomicInteger();
    private LabNode node;

    @BeforeEach
    void start() {
        restart(POLICY);
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void callersOfOneKeyShareOneLoad() {
        node.outage().begin(LOST);
        CompletableFuture<Integer> slow = new CompletableFuture<>();
        CompletableFuture<Integer> first = read(slow);
        List<CompletableFuture<Integer>> others = List.of(read(), read(), read());
        assertThat(others).noneMatch(CompletableFuture::isDone);
        slow.complete(7);
        assertThat(first).isCompletedWithValue(7);
        assertThat(others).allSatisfy(other -> assertThat(other).isCompletedWithValue(7));
        assertThat(loads).hasValue(0);
    }

    @Test
    void keysAreLoadedBesideEachOther() {
        node.outage().begin(LOST);
        read(new CompletableFuture<>());
        assertThat(cache().get("other", (id, context) -> 3)).isEqualTo(3);
    }

    @Test
    void whoJoinedALoadThatRedisFailedDoesNotAskRedisAgain() {
        node.outage().begin(LOST, "acquire");
        node.outage().forget();
        AtomicInteger joined = new AtomicInteger();
        node.outage().beforeNext("acquire", () -> read().thenAccept(joined::set));
        assertThat(read()).isCompletedWithValue(1);
        assertThat(joined).hasValue(1);
        assertThat(loads).hasValue(1);
        assertThat(node.outage().sent()).containsOnlyOnce("acquire", "get", "head");
    }

    @Test
    void sharesAValueForAsLongAsANodeTrustsItsNearCache() {
        node.outage().begin(LOST);
        assertThat(load()).isEqualTo(1);
        lab.time.advance(STALENESS);
        assertThat(load()).isEqualTo(1);
        lab.time.advance(Duration.ofNanos(1));
        assertThat(load()).isEqualTo(2);
    }

    @Test
    void aWaitForAllNodesLastsUntilASilentOneSharesNothingOlder() {
        LabNode other = lab.node(POLICY);
        lab.time.advance(STALENESS.multipliedBy(2));
        node.outage().begin(LOST);
        lab.time.advance(STALENESS.multipliedBy(4));
        assertThat(load()).isEqualTo(1);
        Receipt receipt = (Receipt) other.engine().invalidator().invalidateKey("c:k");
        CompletableFuture<Boolean> soon = receipt.reached(STALENESS.dividedBy(2));
        lab.time.advanceUntil(soon);
        assertThat(load()).isEqualTo(1);
        assertThat(soon.join()).isFalse();
        CompletableFuture<Boolean> later = receipt.reached(STALENESS.multipliedBy(4));
        lab.time.advanceUntil(later);
        assertThat(later.join()).isTrue();
        assertThat(load()).isEqualTo(2);
    }

    @Test
    void aValueCountsFromTheCallOfItsLoader() {
        node.outage().begin(LOST);
        assertThat(cache().<RuntimeException>get("k", (id, context) -> {
                    lab.time.advance(STALENESS.minusMillis(1));
                    return 7;
                }))
                .isEqualTo(7);
        lab.time.advance(Duration.ofMillis(1));
        assertThat(load()).isEqualTo(7);
        lab.time.advance(Duration.ofNanos(1));
        assertThat(load()).isEqualTo(1);
    }

    @Test
    void sharesForLongerOrNotAtAllByPolicy() {
        restart(POLICY.withLocal(new Local(true, 100, Duration.ofSeconds(30), Duration.ofSeconds(2))));
        node.outage().begin(LOST);
        assertThat(load()).isEqualTo(1);
        lab.time.advance(Duration.ofSeconds(2));
        assertThat(load()).isEqualTo(1);
        restart(POLICY.withLocal(new Local(true, 100, Duration.ofSeconds(30), Duration.ZERO)));
        node.outage().begin(LOST);
        assertThat(load()).isEqualTo(2);
        assertThat(load()).isEqualTo(3);
        restart(POLICY.withLocal(Local.OFF));
        node.outage().begin(LOST);
        assertThat(load()).isEqualTo(4);
        assertThat(load()).isEqualTo(5);
    }

    @Test
    void sharesNothingOfASourceThatLags() {
        restart(POLICY.withLoad(
                new Load(Duration.ofSeconds(3), Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofMillis(1))));
        node.outage().begin(LOST);
        assertThat(load()).isEqualTo(1);
        assertThat(load()).isEqualTo(2);
    }

    /** The ways to invalidate one entry. */
    private enum Way {
        KEY(all -> all.invalidateKey("c:k")),
        TAG(all -> all.invalidateByTag("t:k")),
        PATTERN(all -> all.invalidateByPattern("c:*")),
        CACHE(all -> all.invalidateCache("c")),
        EVERYTHING(CacheInvalidator::invalidateAll);

        private final Consumer<CacheInvalidator> invalidation;

        Way(Consumer<CacheInvalidator> invalidation) {
            this.invalidation = invalidation;
        }

        void go(LabNode node) {
            invalidation.accept(node.engine().invalidator());
        }
    }

    @ParameterizedTest
    @EnumSource
    void anOwnInvalidationEndsWhatIsShared(Way way) {
        node.outage().begin(LOST);
        assertThat(load()).isEqualTo(1);
        way.go(node);
        assertThat(load()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsLoadedAfterAPendingInvalidationIsShared(Way way) {
        node.outage().begin(LOST);
        way.go(node);
        assertThat(load()).isEqualTo(1);
        assertThat(load()).isEqualTo(1);
        lab.time.advance(STALENESS.dividedBy(2));
        assertThat(load()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void whoComesAfterAnInvalidationDoesNotTakeALoadThatItOvertook(Way way) {
        node.outage().begin(LOST);
        CompletableFuture<Integer> slow = new CompletableFuture<>();
        CompletableFuture<Integer> first = read(slow);
        CompletableFuture<Integer> before = read();
        way.go(node);
        CompletableFuture<Integer> after = read();
        slow.complete(7);
        assertThat(first).isCompletedWithValue(7);
        assertThat(before).as("overlaps the invalidation").isCompletedWithValue(7);
        assertThat(after).isCompletedWithValue(1);
        assertThat(load()).as("only the later value is kept").isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void anInvalidationOfAnotherNodeEndsWhatIsSharedWhereTheLogIsHeard(Way way) {
        LabNode other = lab.node(POLICY);
        node.outage().begin(LOST, "get");
        assertThat(load()).isEqualTo(1);
        way.go(other);
        assertThat(load()).isEqualTo(2);
    }

    @Test
    void aTagThatTheLoaderDecidesMayHaveBeenInvalidatedMeanwhile() {
        node.outage().begin(LOST);
        Integer value = cache().get("k", (id, context) -> {
            context.tags("late");
            node.engine().invalidator().invalidateByTag("late");
            return 7;
        });
        assertThat(value).isEqualTo(7);
        assertThat(load()).isEqualTo(1);
    }

    @Test
    void anInvalidationOfSomethingElseEndsNothing() {
        node.outage().begin(LOST);
        assertThat(load()).isEqualTo(1);
        node.engine().invalidator().invalidateKey("c:other");
        node.engine().invalidator().invalidateByTag("t:other");
        node.engine().invalidator().invalidateByPattern("c:o*");
        assertThat(load()).isEqualTo(1);
    }

    @Test
    void whoComesTooLateForALoadWaitsForItsEndAndLoadsOnceForAll() {
        node.outage().begin(LOST);
        CompletableFuture<Integer> slow = new CompletableFuture<>();
        CompletableFuture<Integer> first = read(slow);
        lab.time.advance(STALENESS.plusMillis(1));
        CompletableFuture<Integer> second = read();
        CompletableFuture<Integer> third = read();
        assertThat(loads).hasValue(0);
        slow.complete(7);
        assertThat(first).isCompletedWithValue(7);
        assertThat(second).isCompletedWithValue(1);
        assertThat(third).isCompletedWithValue(1);
    }

    @Test
    void aCallerWaitsNoLongerThanItsMaximum() {
        node.outage().begin(LOST);
        read(new CompletableFuture<>());
        CompletableFuture<Integer> second = read();
        lab.time.advance(POLICY.load().maxWait().minusMillis(1));
        assertThat(second).isNotDone();
        lab.time.advance(Duration.ofMillis(1));
        assertThat(second).isCompletedWithValue(1);
    }

    @Test
    void aLoadThatRunsTooLongIsReplacedAndItsValueNotKept() {
        Duration longest = Duration.ofMillis(50);
        restart(POLICY.withLoad(new Load(longest, longest, Duration.ofSeconds(10))));
        node.outage().begin(LOST);
        CompletableFuture<Integer> slow = new CompletableFuture<>();
        CompletableFuture<Integer> first = read(slow);
        lab.time.advance(longest.plusNanos(1));
        CompletableFuture<Integer> later = new CompletableFuture<>();
        CompletableFuture<Integer> second = read(later);
        node.engine().invalidator().invalidateKey("c:k");
        slow.complete(7);
        assertThat(first).isCompletedWithValue(7);
        CompletableFuture<Integer> third = read();
        later.complete(8);
        assertThat(second).isCompletedWithValue(8);
        assertThat(third).isCompletedWithValue(1);
    }

    @Test
    void aLoaderThatReadsItsOwnKeyDoesNotWaitForItself() {
        node.outage().begin(LOST);
        assertThat(cache().<RuntimeException>get("k", (id, context) -> 1 + cache().get(id, (same, nested) -> 41)))
                .isEqualTo(42);
    }

    @Test
    void refreshTakesNothingThatWasLoadedBeforeItCame() {
        node.outage().begin(LOST);
        assertThat(load()).isEqualTo(1);
        lab.time.advance(Duration.ofMillis(1));
        assertThat(cache().<RuntimeException>refresh("k", (id, context) -> loads.incrementAndGet()))
                .isEqualTo(2);
        assertThat(load()).isEqualTo(2);
    }

    @Test
    void keepsNothingThatTheLoaderOrThePolicyKeepsOutOfTheCache() {
        restart(POLICY.withValue(new CachePolicy.Value(false, false, 1 << 20)));
        node.outage().begin(LOST);
        assertThat(cache().<RuntimeException>get("k", (id, context) -> null)).isNull();
        assertThat(cache().<RuntimeException>get("k", (id, context) -> {
                    context.doNotStore();
                    return 7;
                }))
                .isEqualTo(7);
        assertThat(cache().<RuntimeException>get("k", (id, context) -> {
                    context.ttl(Duration.ofMillis(10));
                    return 8;
                }))
                .isEqualTo(8);
        lab.time.advance(Duration.ofMillis(11));
        assertThat(load()).isEqualTo(1);
    }

    @Test
    void aFailureReachesThoseWhoWaitedAndIsNotKept() {
        node.outage().begin(LOST);
        CompletableFuture<Integer> slow = new CompletableFuture<>();
        CompletableFuture<Integer> first = read(slow);
        CompletableFuture<Integer> second = read();
        IllegalStateException failure = new IllegalStateException("the source is down");
        slow.completeExceptionally(failure);
        assertThat(first).isCompletedExceptionally();
        assertThat(second.handle((value, thrown) -> thrown)).isCompletedWithValue(failure);
        assertThat(load()).isEqualTo(1);
    }

    @Test
    void isOverWhenRedisAnswers() {
        node.outage().begin(LOST);
        assertThat(load()).isEqualTo(1);
        node.outage().end();
        lab.time.advance(Duration.ofMillis(100));
        assertThat(load()).isEqualTo(2);
        assertThat(lab.bytes("c:k")).isNotNull();
    }

    private void restart(CachePolicy policy) {
        node = lab.node(policy);
    }

    private Cache<String, Integer> cache() {
        return node.engine().cache("c", Integer.class);
    }

    private Integer load() {
        return cache().get("k", (id, context) -> loads.incrementAndGet());
    }

    private CompletableFuture<Integer> read() {
        return cache().async().get("k", (id, context) -> CompletableFuture.completedFuture(loads.incrementAndGet()));
    }

    private CompletableFuture<Integer> read(CompletableFuture<Integer> loaded) {
        return cache().async().get("k", (id, context) -> loaded);
    }
}
