package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.testing.FaultyRemoteStore;
import io.r3mes.cache.testing.FaultyRemoteStore.Operation;
import io.r3mes.cache.testing.TestNodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads of many keys while one shard of several does not answer. */
class BulkWithoutShardTest {

    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}");

    /** The shard that is away has the odd ids. */
    private static final Predicate<String> ODD = key -> Integer.parseInt(key.substring(2)) % 2 == 1;

    private final TestNodes nodes = TestNodes.inMemory();
    private final AtomicReference<FaultyRemoteStore> store = new AtomicReference<>();
    private final CacheManager node =
            nodes.start(builder -> builder.remoteStore(this::faulty).caches(POLICY));
    private final CacheManager other = nodes.start(POLICY);
    private final List<Set<Integer>> asked = new ArrayList<>();

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void keysOfTheOtherShardsAreHits() {
        read(other, ids(0, 10));
        asked.clear();
        store.get().cutOff(ODD);
        assertThat(read(node, ids(0, 10))).isEqualTo(expected(0, 10));
        assertThat(asked).containsExactly(Set.of(1, 3, 5, 7, 9));
    }

    @Test
    void missingKeysOfTheOtherShardsAreLeasedAndStored() {
        store.get().cutOff(ODD);
        assertThat(read(node, ids(0, 1_200))).isEqualTo(expected(0, 1_200));
        assertThat(asked).containsExactly(Set.copyOf(ids(0, 1_200)));
        assertThat(store.get().faults().asked(Operation.GET_ALL)).isEqualTo(3);
        assertThat(store.get().faults().asked(Operation.ACQUIRE)).isEqualTo(600);
        read(other, ids(0, 1_200));
        assertThat(asked).hasSize(2).last().isEqualTo(Set.copyOf(odd(1_200)));
    }

    @Test
    void otherLeasesAreAskedForWhenThoseOfOneShardAreNotAnswered() {
        store.get().cutOff(ODD, Operation.ACQUIRE);
        assertThat(read(node, ids(0, 1_200))).isEqualTo(expected(0, 1_200));
        assertThat(store.get().faults().asked(Operation.ACQUIRE)).isEqualTo(1_200);
        read(other, ids(0, 1_200));
        assertThat(asked).last().isEqualTo(Set.copyOf(odd(1_200)));
    }

    @Test
    void nothingMoreIsAskedOnceABatchIsOfThatShardAlone() {
        store.get().cutOff(ODD);
        read(node, odd(2_400));
        assertThat(store.get().faults().asked(Operation.GET_ALL)).isEqualTo(1);
    }

    private RemoteStore faulty(RemoteStore real) {
        store.set(new FaultyRemoteStore(real));
        return store.get();
    }

    private Map<Integer, Integer> read(CacheManager from, List<Integer> ids) {
        Cache<Integer, Integer> cache = from.cache("c", Integer.class);
        return cache.getAll(ids, wanted -> {
            asked.add(Set.copyOf(wanted));
            return wanted.stream().collect(Collectors.toMap(Function.identity(), id -> id + 1));
        });
    }

    private static Map<Integer, Integer> expected(int from, int to) {
        return ids(from, to).stream().collect(Collectors.toMap(Function.identity(), id -> id + 1));
    }

    private static List<Integer> odd(int to) {
        return ids(0, to).stream().filter(id -> id % 2 == 1).toList();
    }

    private static List<Integer> ids(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }
}
