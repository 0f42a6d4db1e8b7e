package io.r3mes.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.spi.Appended;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.spi.InvalidationLog.Removal;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.testing.Await;
import io.r3mes.cache.testing.RedisCluster;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events of keys that take the keys' values and leases with them. */
class RemovingAppendsTest {

    private static final RedisProcess REDIS = RedisServers.standalone();
    private static final Duration LONG = Duration.ofMinutes(1);

    private final RedisAdapter adapter = adapter(Topology.STANDALONE, REDIS.uri());
    private final RemoteStore store = adapter.remoteStore();
    private final InvalidationLog log = adapter.invalidationLog();

    @AfterEach
    void close() {
        adapter.close();
    }

    @AfterAll
    static void stop() {
        REDIS.close();
    }

    @Test
    void removesValuesAndCountsThem() {
        put("a");
        put("b");
        put("stays");
        Appended appended = append(List.of("a", "b", "absent", "a"), Removal.ALL);
        assertThat(appended.removed()).isEqualTo(2);
        assertThat(Await.result(store.get("a"))).isNull();
        assertThat(Await.result(store.get("b"))).isNull();
        assertThat(Await.result(store.get("stays"))).isNotNull();
        assertThat(Await.result(log.read(0, 100, Duration.ZERO)))
                .last()
                .satisfies(entry -> assertThat(entry.position()).isEqualTo(appended.position()));
    }

    @Test
    void endsTheLeasesOfLoadsThatAreUnderWay() {
        Lease lease = lease("loading", "its loader's");
        assertThat(Await.result(store.acquire(lease)).acquired()).isTrue();
        append(List.of("loading"), Removal.ALL);
        assertThat(Await.result(store.store(lease, new byte[] {1}, LONG))).isFalse();
    }

    @Test
    void keepsTheLeaseOfTheWriter() {
        put("written");
        Lease own = lease("written", "the writer's");
        Await.result(store.takeOver(own));
        assertThat(append(List.of("written"), Removal.keeping(own)).removed()).isEqualTo(1);
        assertThat(Await.result(store.get("written"))).isNull();
        assertThat(Await.result(store.store(own, new byte[] {2}, LONG))).isTrue();
    }

    @Test
    void endsTheLeaseOfAnotherWriter() {
        Lease other = lease("contended", "another writer's");
        Await.result(store.takeOver(other));
        append(List.of("contended"), Removal.keeping(lease("contended", "the writer's")));
        assertThat(Await.result(store.store(other, new byte[] {2}, LONG))).isFalse();
    }

    @Test
    void removesNothingThatIsNotWanted() {
        put("kept");
        assertThat(append(List.of("kept"), Removal.NONE).removed()).isZero();
        assertThat(Await.result(store.get("kept"))).isNotNull();
    }

    @Test
    void removesWhileMemoryIsFull() {
        put("full");
        RedisServers.command(REDIS, redis -> redis.configSet("maxmemory", "1"));
        try {
            assertThat(append(List.of("full"), Removal.ALL).removed()).isEqualTo(1);
        } finally {
            RedisServers.command(REDIS, redis -> redis.configSet("maxmemory", "0"));
        }
        assertThat(Await.result(store.get("full"))).isNull();
    }

    @Test
    void removesNothingIfTheServerMayNotWrite() {
        put("guarded");
        long before = Await.result(log.head(0)).position();
        RedisServers.command(REDIS, redis -> redis.configSet("min-replicas-to-write", "1"));
        try {
            assertThat(log.append(Append.of(new Event.Keys(List.of("guarded")), 0)
                                    .with(Removal.ALL))
                            .toCompletableFuture())
                    .failsWithin(LONG)
                    .withThrowableThat()
                    .withMessageContaining("NOREPLICAS");
        } finally {
            RedisServers.command(REDIS, redis -> redis.configSet("min-replicas-to-write", "0"));
        }
        assertThat(Await.result(store.get("guarded"))).isNotNull();
        assertThat(Await.result(log.head(0)).position()).isEqualTo(before);
    }

    @Test
    void removesOnAServerThatHasForgottenTheScript() {
        put("told");
        RedisServers.command(REDIS, redis -> redis.scriptFlush());
        assertThat(append(List.of("told"), Removal.ALL).removed()).isEqualTo(1);
        assertThat(Await.result(store.get("told"))).isNull();
    }

    @Test
    void needsOneServerForAllKeys() {
        assertThat(log.removesKeys()).isTrue();
        RedisAdapter unconnected =
                RedisAdapter.create(settings(Topology.CLUSTER, REDIS.uri()), RedisNamespace.of("removing"));
        assertThat(unconnected.invalidationLog().removesKeys()).isFalse();
        unconnected.close();
        try (RedisCluster cluster = RedisServers.cluster(3);
                RedisAdapter clustered =
                        adapter(Topology.CLUSTER, cluster.server(0).uri())) {
            assertThat(clustered.invalidationLog().removesKeys()).isFalse();
        }
    }

    private static RedisAdapter adapter(Topology topology, String uri) {
        RedisAdapter adapter = RedisAdapter.create(settings(topology, uri), RedisNamespace.of("removing"));
        Await.result(adapter.connect());
        return adapter;
    }

    private static RedisSettings settings(Topology topology, String uri) {
        return new RedisSettings(topology, List.of(RedisURI.create(uri)), Duration.ofSeconds(2), null, null);
    }

    private Appended append(List<String> keys, Removal removal) {
        return Await.result(log.append(Append.of(new Event.Keys(keys), 0).with(removal)));
    }

    private void put(String key) {
        Lease lease = lease(key, "the test's");
        Await.result(store.takeOver(lease));
        assertThat(Await.result(store.store(lease, new byte[] {1}, LONG))).isTrue();
    }

    private static Lease lease(String key, String token) {
        return new Lease(key, token, LONG);
    }
}
