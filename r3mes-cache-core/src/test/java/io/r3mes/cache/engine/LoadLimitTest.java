package io.r3mes.cache.engine;

import static io.r3mes.cache.engine.Outage.Fault.LOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.CachePolicy.Load;
import io.r3mes.cache.LoadRejectedException;
import io.r3mes.cache.engine.Lab.LabNode;
import io.r3mes.cache.metrics.MicrometerCacheMetrics;
import io.r3mes.cache.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many loaders of one cache run at once on a node, and what happens to those who want more. */
class LoadLimitTest {

    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}").withTtl(Duration.ofHours(1));

    private final Lab lab = new Lab();
    private final List<CompletableFuture<Integer>> sources = new ArrayList<>();

    @AfterEach
    void close() {
        lab.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noMoreLoadersRunThanAllowedAndTheOthersFollowInOrder(boolean redisIsAway) {
        LabNode node = node(2, false);
        if (redisIsAway) {
            node.outage().begin(LOST);
        }
        List<CompletableFuture<Integer>> reads = read(node, 5);
        assertThat(sources).hasSize(2);
        for (int i = 0; i < 5; i++) {
            assertThat(sources).hasSize(Math.min(5, i + 2));
            sources.get(i).complete(i);
            assertThat(reads.get(i)).isCompletedWithValue(i);
        }
    }

    @Test
    void aLoaderThatFailsGivesItsPermitBack() {
        LabNode node = node(1, false);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> cache(node).get("k", (id, context) -> {
                        throw new IllegalStateException("the source is down");
                    }))
                    .isInstanceOf(IllegalStateException.class);
        }
        List<CompletableFuture<Integer>> reads = read(node, 2);
        sources.get(0).completeExceptionally(new IllegalStateException("the source is down"));
        assertThat(reads.get(0)).isCompletedExceptionally();
        assertThat(sources).hasSize(2);
    }

    @Test
    void whoWaitedTooLongLoadsAllTheSameAndIsCounted() {
        LabNode node = node(1, false);
        List<CompletableFuture<Integer>> reads = read(node, 2);
        lab.time.advance(POLICY.load().maxWait().minusMillis(1));
        assertThat(sources).hasSize(1);
        lab.time.advance(Duration.ofMillis(1));
        assertThat(sources).hasSize(2);
        sources.get(1).complete(2);
        assertThat(reads.get(1)).isCompletedWithValue(2);
        sources.get(0).complete(1);
        assertThat(overLimit(node)).isEqualTo(1);
        read(node, 2);
        assertThat(sources).as("the permit is neither lost nor doubled").hasSize(3);
    }

    @Test
    void whoWaitedTooLongIsRejectedIfAskedFor() {
        LabNode node = node(1, true);
        List<CompletableFuture<Integer>> reads = read(node, 2);
        CompletableFuture<Integer> joined = read(node, "k1");
        lab.time.advance(POLICY.load().maxWait());
        assertThat(Await.failure(reads.get(1)))
                .isInstanceOf(LoadRejectedException.class)
                .hasMessage("Cache 'c': 1 loaders run already, and none ended within PT10S. Raise"
                        + " load.max-concurrent or load.max-wait, or set load.reject-when-full to false.");
        assertThat(joined).isCompletedExceptionally();
        assertThat(sources).hasSize(1);
        assertThat(overLimit(node)).isEqualTo(2);
        assertThat(lab.hold("c:k1", Duration.ofSeconds(1)))
                .as("no lease is left")
                .isTrue();
    }

    @Test
    void aRejectionIsNoOutcomeForWhoJoinedLater() {
        LabNode node = node(1, true);
        read(node, 2);
        lab.time.advance(Duration.ofSeconds(1));
        CompletableFuture<Integer> joined = read(node, "k1");
        lab.time.advance(POLICY.load().maxWait().minusSeconds(1));
        assertThat(joined).isNotDone();
        sources.get(0).complete(0);
        lab.time.advance(Duration.ofMillis(50));
        assertThat(sources).hasSize(2);
        sources.get(1).complete(7);
        assertThat(joined).isCompletedWithValue(7);
    }

    @Test
    void zeroIsAnyNumber() {
        read(node(0, false), 200);
        assertThat(sources).hasSize(200);
    }

    @Test
    void aLoaderInsideAnotherOneIsNotHeldUp() {
        LabNode node = node(1, true);
        CompletableFuture<Integer> value = Work.start(() -> cache(node)
                .<RuntimeException>get(
                        "a",
                        (id, context) -> 1
                                + cache(node)
                                        .<RuntimeException>get(
                                                "b",
                                                (inner, nested) -> 1
                                                        + cache(node)
                                                                .<RuntimeException>get(
                                                                        "c", (innermost, third) -> 40))));
        assertThat(Await.result(value)).isEqualTo(42);
        CompletableFuture<Integer> asynchronous = cache(node)
                .async()
                .get(
                        "d",
                        (id, context) ->
                                cache(node).async().get("e", (inner, nested) -> CompletableFuture.completedFuture(7)));
        assertThat(asynchronous).isCompletedWithValue(7);
        assertThat(overLimit(node)).isZero();
    }

    @Test
    void anAsynchronousLoaderInsideAnotherOneIsNotHeldUpOnAnotherThread() {
        var threads = Executors.newFixedThreadPool(4);
        try {
            LabNode node = lab.node(new Lab.Parts(EngineConfig.Coherence.DEFAULT, null, threads), limited(1, true));
            CompletableFuture<Integer> read = cache(node)
                    .async()
                    .get(
                            "d",
                            (id, context) -> cache(node)
                                    .async()
                                    .get("e", (inner, nested) -> CompletableFuture.completedFuture(7)));
            assertThat(Await.result(read)).isEqualTo(7);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void aBulkLoadCountsAsOne() {
        LabNode node = node(1, true);
        List<String> ids = IntStream.range(0, 20).mapToObj(i -> "k" + i).toList();
        assertThat(cache(node).getAll(ids, wanted -> {
                    AtomicInteger nested = new AtomicInteger();
                    cache(node).get("nested", (id, context) -> nested.incrementAndGet());
                    return wanted.stream().collect(Collectors.toMap(id -> id, id -> nested.get()));
                }))
                .hasSize(20)
                .containsEntry("k3", 1);
        CompletableFuture<Integer> running = read(node, "running");
        CompletableFuture<Map<String, Integer>> bulk =
                Work.start(() -> cache(node).getAll(List.of("x"), wanted -> Map.of("x", 1)));
        lab.time.advanceUntil(bulk);
        assertThat(Await.failure(bulk)).isInstanceOf(LoadRejectedException.class);
        assertThat(lab.hold("c:x", Duration.ofSeconds(1)))
                .as("no lease is left")
                .isTrue();
        sources.get(0).complete(1);
        assertThat(running).isCompletedWithValue(1);
    }

    private List<CompletableFuture<Integer>> read(LabNode node, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> read(node, "k" + sources.size() + "-" + i))
                .toList();
    }

    private CompletableFuture<Integer> read(LabNode node, String id) {
        return cache(node).async().get(id, (wanted, context) -> {
            CompletableFuture<Integer> source = new CompletableFuture<>();
            sources.add(source);
            return source;
        });
    }

    private LabNode node(int most, boolean rejects) {
        return lab.node(limited(most, rejects));
    }

    private static CachePolicy limited(int most, boolean rejects) {
        return POLICY.withLoad(Load.DEFAULT.withLimit(most, rejects));
    }

    private static long overLimit(LabNode node) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new MicrometerCacheMetrics(node.metrics(), node.engine()::status).bindTo(registry);
        return (long)
                registry.get("r3mes.cache.loads.over.limit").functionCounter().count();
    }

    private static Cache<String, Integer> cache(LabNode node) {
        return node.engine().cache("c", Integer.class);
    }
}
