package io.r3mes.cache.cost;

import static io.r3mes.cache.cost.TappedNodes.Caches.FAR;
import static io.r3mes.cache.cost.TappedNodes.Caches.NEAR;
import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often loaders are asked, with Redis. */
class LoadsTest {

    private static TappedNodes nodes;

    private final AtomicInteger loads = new AtomicInteger();

    @BeforeAll
    static void start() {
        nodes = new TappedNodes();
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @BeforeEach
    void reset() {
        loads.set(0);
    }

    @Test
    void hitsAskNoLoader() {
        for (TappedNodes.Caches each : List.of(NEAR, FAR)) {
            Cache<String, String> cache = nodes.cache(each);
            cache.set("hit", "value");
            for (int i = 0; i < 100; i++) {
                assertThat(cache.get("hit", (id, context) -> load(id))).isEqualTo("value");
                cache.getAll(List.of("hit"), this::loadAll);
            }
        }
        assertThat(loads).hasValue(0);
    }

    @Test
    void concurrentCallersOfTwoNodesAskOneLoaderOnce() throws Exception {
        List<Cache<String, String>> caches =
                List.of(nodes.cache(NEAR), nodes.start().cache("NEAR", String.class));
        List<Thread> callers = new CopyOnWriteArrayList<>();
        List<FutureTask<String>> calls = Stream.generate(() -> caches)
                .limit(16)
                .flatMap(List::stream)
                .map(cache -> new FutureTask<String>(() -> cache.get("shared", (id, context) -> {
                    awaitParked(callers);
                    return load(id);
                })))
                .toList();
        calls.forEach(call -> callers.add(new Thread(call)));
        callers.forEach(Thread::start);
        for (FutureTask<String> call : calls) {
            assertThat(call.get()).isEqualTo("shared");
        }
        assertThat(loads).hasValue(1);
    }

    /** Until all but the thread that loads wait. */
    private static void awaitParked(List<Thread> callers) {
        Thread loading = Thread.currentThread();
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> callers.stream()
                        .allMatch(caller -> caller == loading || LockSupport.getBlocker(caller) != null));
    }

    @Test
    void manyMissingIdsAskTheBulkLoaderOnce() {
        List<String> ids = IntStream.range(0, 1_200).mapToObj(i -> "bulk" + i).toList();
        assertThat(nodes.cache(FAR).getAll(ids, this::loadAll)).hasSize(1_200);
        assertThat(loads).hasValue(1);
        assertThat(nodes.cache(FAR).getAll(ids, this::loadAll)).hasSize(1_200);
        assertThat(loads).hasValue(1);
    }

    private String load(String id) {
        loads.incrementAndGet();
        return id;
    }

    private Map<String, String> loadAll(Set<String> ids) {
        loads.incrementAndGet();
        return ids.stream().collect(Collectors.toMap(Function.identity(), Function.identity()));
    }
}
