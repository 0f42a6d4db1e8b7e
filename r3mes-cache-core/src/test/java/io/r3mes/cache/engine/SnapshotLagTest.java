package io.r3mes.cache.engine;

import static io.r3mes.cache.engine.Outage.Fault.HANGS;
import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.engine.Lab.LabNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Loads from a source that may be behind the writes. */
class SnapshotLagTest {

    private static final Duration LAG = Duration.ofSeconds(1);
    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}")
            .withTags("t")
            .withTtl(Duration.ofHours(1))
            .withLoad(new CachePolicy.Load(Duration.ofSeconds(3), Duration.ofSeconds(60), Duration.ofSeconds(10), LAG));

    private final Lab lab = new Lab();
    private final LabNode node = lab.node(POLICY);
    private final LabNode other = lab.node(POLICY);

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void keepsNothingThatMayBeOlderThanAnInvalidation() {
        lab.time.advance(LAG.multipliedBy(2));
        for (Runnable invalidate : List.<Runnable>of(
                () -> cache(node).delete("k"),
                () -> other.engine().invalidator().invalidateKey("c:k"),
                () -> other.engine().invalidator().invalidateByTag("t"),
                () -> other.engine().invalidator().invalidateAll())) {
            invalidate.run();
            assertThat(load(1)).isEqualTo(1);
            assertThat(lab.bytes("c:k")).isNull();
            assertThat(load(2)).isEqualTo(2);

            lab.time.advance(LAG.multipliedBy(2));
            assertThat(load(3)).isEqualTo(3);
            assertThat(load(4)).isEqualTo(3);
        }
    }

    @Test
    void keepsNothingOfABulkLoadThatMayBeOlder() {
        lab.time.advance(LAG.multipliedBy(2));
        cache(other).delete("k");
        cache(node).getAll(List.of("k"), ids -> Map.of("k", 1));
        assertThat(lab.bytes("c:k")).isNull();
    }

    @Test
    void keepsNothingBeforeItKnowsWhatWasInvalidatedMeanwhile() {
        lab.time.advance(LAG.multipliedBy(2));
        node.outage().begin(HANGS, "read");
        lab.time.advance(Duration.ofSeconds(1));
        other.engine().invalidator().invalidateKey("c:k");
        CompletableFuture<Integer> loading = Work.start(() -> load(1));
        lab.time.advanceUntil(loading);
        assertThat(loading).isCompletedWithValue(1);
        assertThat(lab.bytes("c:k")).isNull();
    }

    @Test
    void nobodyJoinsALoadThatMayBeOlderThanAnInvalidation() throws Exception {
        lab.time.advance(LAG.multipliedBy(2));
        cache(node).delete("k");
        CompletableFuture<Integer> source = new CompletableFuture<>();
        CompletableFuture<Integer> first = cache(node).async().get("k", (id, context) -> source);
        CompletableFuture<Integer> second =
                cache(node).async().get("k", (id, context) -> CompletableFuture.completedFuture(2));
        lab.time.advanceUntil(second);
        assertThat(second).isCompletedWithValue(2);
        source.complete(1);
        assertThat(first).isCompletedWithValue(1);
    }

    private int load(int value) {
        return cache(node).get("k", (id, context) -> value);
    }

    private static Cache<String, Integer> cache(LabNode node) {
        return node.engine().cache("c", Integer.class);
    }
}
