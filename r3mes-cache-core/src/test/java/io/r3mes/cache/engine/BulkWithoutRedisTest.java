package io.r3mes.cache.engine;

import static io.r3mes.cache.engine.Outage.Fault.LOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.engine.Lab.LabNode;
import io.r3mes.cache.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads of many keys while Redis does not answer. */
class BulkWithoutRedisTest {

    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}").withTtl(Duration.ofHours(1));

    private final Lab lab = new Lab();
    private final LabNode node = lab.node(POLICY);
    private final Cache<Integer, Integer> cache = node.engine().cache("c", Integer.class);
    private final List<Set<Integer>> asked = new ArrayList<>();

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void asksRedisOnceHoweverManyKeysThereAre() {
        node.outage().begin(LOST);
        node.outage().forget();
        assertThat(read(ids(0, 2_000))).hasSize(2_000).containsEntry(1_999, 1_999);
        assertThat(Collections.frequency(node.outage().sent(), "getAll")).isEqualTo(1);
        assertThat(node.outage().sent()).doesNotContain("acquire", "head");
        assertThat(asked).hasSize(1);
    }

    @Test
    void asksForNoFurtherLeasesOnceOneWasRefused() {
        node.outage().begin(LOST, "acquire");
        node.outage().forget();
        assertThat(read(ids(0, 1_100))).hasSize(1_100);
        assertThat(Collections.frequency(node.outage().sent(), "acquire")).isEqualTo(512);
        assertThat(Collections.frequency(node.outage().sent(), "head")).isEqualTo(1);
    }

    @Test
    void sharesWhatItLoadsAndWhatOthersLoaded() {
        node.outage().begin(LOST);
        assertThat(cache.<RuntimeException>get(3, (id, context) -> 33)).isEqualTo(33);
        assertThat(read(ids(0, 5))).containsEntry(3, 33).containsEntry(4, 4);
        assertThat(cache.<RuntimeException>get(4, (id, context) -> 44)).isEqualTo(4);
        assertThat(read(ids(0, 7))).containsEntry(3, 33).containsEntry(6, 6);
        assertThat(asked).containsExactly(Set.of(0, 1, 2, 4), Set.of(5, 6));
        node.engine().invalidator().invalidateKey("c:4");
        assertThat(read(ids(4, 6))).containsEntry(5, 5);
        assertThat(asked).last().isEqualTo(Set.of(4));
    }

    @Test
    void aCallerOfOneKeyWaitsForItsLoad() {
        node.outage().begin(LOST);
        List<CompletableFuture<Integer>> joined = new ArrayList<>();
        cache.getAll(ids(0, 3), wanted -> {
            joined.add(Work.start(() -> cache.<RuntimeException>get(2, (id, context) -> 22)));
            while (node.metrics().stats().loads().joined() == 0) {
                Thread.onSpinWait();
            }
            return Map.of(0, 0, 1, 1, 2, 2);
        });
        assertThat(Await.result(joined.get(0))).isEqualTo(2);
    }

    @Test
    void aFailureLeavesNobodyWaiting() {
        node.outage().begin(LOST);
        assertThatThrownBy(() -> cache.getAll(ids(0, 3), wanted -> {
                    throw new IllegalStateException("the source is down");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(cache.async().get(2, (id, context) -> CompletableFuture.completedFuture(22)))
                .isCompletedWithValue(22);
    }

    private Map<Integer, Integer> read(List<Integer> ids) {
        return cache.getAll(ids, wanted -> {
            asked.add(Set.copyOf(wanted));
            Map<Integer, Integer> loaded = new HashMap<>();
            wanted.forEach(id -> loaded.put(id, id));
            return loaded;
        });
    }

    private static List<Integer> ids(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }
}
