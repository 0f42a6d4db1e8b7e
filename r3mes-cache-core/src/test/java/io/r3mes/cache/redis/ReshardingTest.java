package io.r3mes.cache.redis;

import static io.r3mes.cache.testing.Await.failure;
import static io.r3mes.cache.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.SlotHash;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.LogEntry;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.testing.RedisCluster;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.SlotMigration;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Slots move to other masters while two nodes read and invalidate. */
class ReshardingTest {

    private static final String NAMESPACE = "reshard";
    private static final CachePolicy QUIET =
            CachePolicy.of("quiet", "quiet:{id}").withTtl(Duration.ofHours(1));
    private static final int QUIET_IDS = 40;

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static RedisCluster cluster;
    private final TestNodes nodes = TestNodes.on(settings());
    private final RedisAdapter adapter = RedisAdapter.create(settings(), RedisNamespace.of("test-slots"));
    private @Nullable MovingLoad load;

    @BeforeAll
    static void start() {
        cluster = RedisServers.cluster(3);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void close() {
        if (load != null) {
            load.close();
        }
        nodes.close();
        adapter.close();
    }

    @Test
    void servesAndRemovesKeysOfASlotUnderWay() {
        result(adapter.connect());
        RemoteStore store = adapter.remoteStore();
        Lease lease = new Lease("k", "token", MINUTE);
        store(lease);
        SlotMigration migration = SlotMigration.begin(cluster, "test-slots:k");
        assertThat(result(store.get("k"))).as("still here").isNotNull();
        migration.moveKeys(1);
        assertThat(result(store.get("k"))).as("already there").isNotNull();
        assertThat(result(store.getAll(List.of("k", "l"))).values()).containsExactly(new byte[] {1}, null);
        assertThat(Refusal.of(failure(store.acquire(lease)))).isEqualTo(Refusal.TRYAGAIN);
        result(store.takeOver(lease));
        assertThat(result(store.unlinkKeeping(lease))).isTrue();
        assertThat(result(store.renew(lease))).as("kept").isTrue();
        assertThat(result(store.unlink("k"))).isFalse();
        assertThat(result(store.renew(lease))).as("removed").isFalse();
        migration.finish();
        long before = store.epoch();
        store(lease);
        assertThat(store.epoch()).as("another master answers").isNotEqualTo(before);
    }

    @Test
    void invalidatesTagsWithoutStampWhileTheSlotOfTheLogIsUnderWay() {
        result(adapter.connect());
        InvalidationLog log = adapter.invalidationLog();
        long before = result(log.head(0)).position();
        SlotMigration migration = SlotMigration.begin(cluster, "{test-slots}:log");
        long here =
                result(log.append(Append.of(new Event.Tags(List.of("t")), 0))).position();
        while (migration.moveKeys(10) > 0) {
            Thread.onSpinWait();
        }
        long there = result(log.append(Append.of(new Event.Tags(List.of("t", "u")), 0)))
                .position();
        migration.finish();
        assertThat(result(log.read(before, 10, Duration.ZERO)))
                .extracting(LogEntry::position)
                .containsExactly(here, there);
        assertThat(result(log.marks(List.of("t", "u"), 0)).newestTag()).isGreaterThanOrEqualTo(there);
    }

    private void store(Lease lease) {
        RemoteStore store = adapter.remoteStore();
        result(store.takeOver(lease));
        assertThat(result(store.store(lease, new byte[] {1}, MINUTE))).isTrue();
    }

    @Test
    void readsAndInvalidationsGoOnWhileSlotsMove() {
        CacheManager writer = node();
        CacheManager reader = node();
        quietIds().forEach(id -> quiet(writer).get(id, (wanted, context) -> wanted));
        MovingLoad load = new MovingLoad(writer, reader);
        this.load = load;
        load.awaitMore();
        Set<Integer> moved = new HashSet<>();
        int rounds = "long".equals(System.getProperty("r3mes.faults")) ? 20 : 1;
        for (int round = 0; round < rounds; round++) {
            moved.add(move(load, "{" + NAMESPACE + "}:meta"));
            for (String id : MovingLoad.IDS.subList(0, 6)) {
                moved.add(move(load, NAMESPACE + ":" + MovingLoad.key(id)));
            }
            moved.add(move(load, NAMESPACE + ":quiet:0"));
        }
        load.stop();
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> writer.status().pending() == 0
                        && !writer.status().fenced()
                        && !reader.status().fenced());
        System.out.printf("resharding: %d slots, %s%n", moved.size(), load);
        assertThat(load.errors()).isEmpty();
        assertThat(load.stale()).isEmpty();
        assertThat(load.slowestAcknowledgement()).isLessThan(Duration.ofSeconds(5));
        onlyMovedSlotsAreCold(moved);
    }

    private void onlyMovedSlotsAreCold(Set<Integer> moved) {
        CacheManager late = node();
        AtomicInteger coldOfMoved = new AtomicInteger();
        for (String id : quietIds()) {
            boolean hasMoved = moved.contains(SlotHash.getSlot(NAMESPACE + ":quiet:" + id));
            quiet(late).get(id, (wanted, context) -> {
                assertThat(hasMoved).as("the slot of %s has moved", id).isTrue();
                coldOfMoved.incrementAndGet();
                return wanted;
            });
        }
        System.out.printf("resharding: %d quiet entries of moved slots are cold%n", coldOfMoved.get());
    }

    /** Holds each state of the migration for a while: all keys here, some there, all there, moved. */
    private static int move(MovingLoad load, String key) {
        SlotMigration migration = SlotMigration.begin(cluster, key);
        load.awaitMore();
        migration.moveKeys(1);
        load.awaitMore();
        while (migration.moveKeys(100) > 0) {
            load.awaitMore();
        }
        migration.finish();
        load.awaitMore();
        return migration.slot();
    }

    private CacheManager node() {
        return nodes.start(builder -> builder.namespace(NAMESPACE).caches(QUIET, MovingLoad.POLICY));
    }

    private static RedisSettings settings() {
        return new RedisSettings(
                Topology.CLUSTER,
                List.of(RedisURI.create(cluster.server(0).uri())),
                Duration.ofMillis(500),
                null,
                null);
    }

    private static Cache<String, String> quiet(CacheManager node) {
        return node.cache("quiet", String.class);
    }

    private static List<String> quietIds() {
        return IntStream.range(0, QUIET_IDS).mapToObj(Integer::toString).toList();
    }
}
