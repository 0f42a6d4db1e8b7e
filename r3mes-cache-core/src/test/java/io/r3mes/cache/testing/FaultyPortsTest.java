package io.r3mes.cache.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.RemoteStore;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an application's own tests can do to a node's ports, and what its callers then see. */
class FaultyPortsTest {

    private final TestNodes nodes = TestNodes.inMemory();
    private final AtomicReference<FaultyRemoteStore> store = new AtomicReference<>();
    private final AtomicReference<FaultyLog> log = new AtomicReference<>();
    private final CacheManager node = nodes.start(builder -> builder.remoteStore(this::faulty)
            .invalidationLog(this::faulty)
            .caches(CachePolicy.of("c", "c:{id}").withLocal(CachePolicy.Local.OFF)));
    private final Cache<String, Long> cache = node.cache("c", Long.class);

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void operationThatFailsIsDoneWithout() {
        store.get().faults().fail(FaultyRemoteStore.Operation.GET);
        assertThat(cache.get("a", (id, context) -> 1L)).isEqualTo(1);
        assertThat(cache.get("a", (id, context) -> 2L)).isEqualTo(2);
        store.get().faults().heal();
        assertThat(cache.get("a", (id, context) -> 3L)).isEqualTo(3);
        assertThat(cache.get("a", (id, context) -> 4L)).isEqualTo(3);
        assertThat(store.get().faults().asked(FaultyRemoteStore.Operation.GET)).isEqualTo(4);
    }

    @Test
    void invalidationWhoseAnswerIsLostIsPendingUntilTheLogAnswers() {
        log.get().faults().drop(FaultyLog.Operation.APPEND);
        Invalidation pending = node.invalidator().invalidateKey("c:a");
        assertThat(pending.isPending()).isTrue();
        log.get().faults().heal();
        Awaitility.await().until(() -> !pending.isPending());
    }

    @Test
    void readThatIsDelayedWaits() {
        cache.get("a", (id, context) -> 1L);
        store.get().faults().delay(Duration.ofMillis(50), FaultyRemoteStore.Operation.GET);
        long before = System.nanoTime();
        assertThat(cache.get("a", (id, context) -> 2L)).isEqualTo(1);
        assertThat(System.nanoTime() - before)
                .isGreaterThanOrEqualTo(Duration.ofMillis(50).toNanos());
    }

    @Test
    void nodeWhoseLogFailsIsFenced() {
        log.get().faults().fail();
        Awaitility.await().until(() -> node.status().fenced());
        log.get().faults().heal();
        Awaitility.await().until(() -> !node.status().fenced());
    }

    private RemoteStore faulty(RemoteStore real) {
        store.set(new FaultyRemoteStore(real));
        return store.get();
    }

    private InvalidationLog faulty(InvalidationLog real) {
        log.set(new FaultyLog(real));
        return log.get();
    }
}
