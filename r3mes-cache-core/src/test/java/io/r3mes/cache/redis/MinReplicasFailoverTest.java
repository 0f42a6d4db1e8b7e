package io.r3mes.cache.redis;

import static io.r3mes.cache.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.Range;
import io.lettuce.core.RedisURI;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.testing.RedisCluster;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisSentinel;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.ReplicationLink;
import io.r3mes.cache.testing.SlotMigration;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What was acknowledged by replicas is there after a failover, also when nobody is left to send it again. */
class MinReplicasFailoverTest {

    private static final String NAMESPACE = "test-replicas";
    private static final String LOG = "{" + NAMESPACE + "}:log";
    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}").withTtl(Duration.ofHours(1));
    private static final List<String> IDS =
            IntStream.range(0, 30).mapToObj(Integer::toString).toList();

    private final Map<String, Integer> database = new ConcurrentHashMap<>();
    private @Nullable TestNodes nodes;

    @AfterEach
    void close() {
        if (nodes != null) {
            nodes.close();
        }
    }

    @Test
    void sentinelsLoseNothingThatWasAcknowledged() {
        try (RedisSentinel group = RedisServers.sentinel()) {
            CacheManager issuer = start(Topology.STANDALONE, group.uri());
            Map<String, Invalidation> receipts = invalidateWhileCut(issuer, group.link());
            group.killMaster();
            assertNothingLost(receipts, group.link().master());
        }
    }

    @Test
    void clusterLosesNothingThatWasAcknowledged() {
        try (RedisCluster cluster = RedisServers.cluster(3, 1)) {
            CacheManager issuer = start(Topology.CLUSTER, cluster.server(0).uri());
            Map<String, Invalidation> receipts =
                    invalidateWhileCut(issuer, cluster.shard(LOG).link());
            cluster.killMaster(LOG);
            assertNothingLost(receipts, cluster.shard(LOG).master());
        }
    }

    @Test
    void clusterKeepsAKeyPendingUntilTheReplicaOfItsOwnShardHasIt() {
        try (RedisCluster cluster = RedisServers.cluster(3, 1)) {
            CacheManager node = start(Topology.CLUSTER, cluster.server(0).uri());
            RedisProcess logMaster = cluster.shard(LOG).master();
            String id = IDS.stream()
                    .filter(each -> cluster.shard(NAMESPACE + ":c:" + each).master() != logMaster)
                    .findFirst()
                    .orElseThrow();
            String key = NAMESPACE + ":c:" + id;
            read(node, id);
            ReplicationLink link = cluster.shard(key).link();
            link.awaitCaughtUp();
            link.cut();
            database.put(id, 2);
            Invalidation receipt = node.invalidator().invalidateKey("c:" + id);
            assertThat(receipt.isPending()).isTrue();
            assertThat(read(node, id)).isEqualTo(2);
            assertThat(exists(link.replica(), key)).as("lost by the failover").isTrue();
            cluster.killMaster(key);
            RedisProcess rejoining = link.master();
            cluster.rejoin(rejoining);
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !receipt.isPending());
            assertThat(read(node, id)).isEqualTo(2);
        }
    }

    @Test
    void clusterAcknowledgesWhileASlotMovesAndAfterwards() {
        try (RedisCluster cluster = RedisServers.cluster(3, 1)) {
            RedisNamespace usual = RedisNamespace.of(NAMESPACE);
            try (RedisAdapter adapter = RedisAdapter.create(
                    settings(Topology.CLUSTER, cluster.server(0).uri()),
                    new RedisNamespace(NAMESPACE, usual.onFailover(), usual.mostTagMembers(), 1))) {
                result(adapter.connect());
                String key = NAMESPACE + ":k";
                RedisServers.command(cluster.shard(key).master(), redis -> redis.set(key, "v"));
                SlotMigration migration = SlotMigration.begin(cluster, key);
                migration.moveKeys(1);
                assertThat(result(adapter.remoteStore().unlink("k"))).isTrue();
                migration.finish();
                RedisServers.command(cluster.shard(key).master(), redis -> redis.set(key, "v"));
                assertThat(result(adapter.remoteStore().unlink("k"))).isTrue();
            }
        }
    }

    /** Invalidates each key, half of them while the link is cut, and leaves nobody who could send them again. */
    private Map<String, Invalidation> invalidateWhileCut(CacheManager issuer, ReplicationLink link) {
        IDS.forEach(id -> read(issuer, id));
        link.awaitCaughtUp();
        Map<String, Invalidation> receipts = new LinkedHashMap<>();
        int half = IDS.size() / 2;
        IDS.subList(0, half).forEach(id -> receipts.put(id, invalidate(issuer, id)));
        link.cut();
        IDS.subList(half, half + 3).forEach(id -> receipts.put(id, invalidate(issuer, id)));
        issuer.close();
        return receipts;
    }

    private Invalidation invalidate(CacheManager issuer, String id) {
        database.put(id, 2);
        return issuer.invalidator().invalidateKey("c:" + id);
    }

    private void assertNothingLost(Map<String, Invalidation> receipts, RedisProcess promoted) {
        CacheManager fresh = node();
        receipts.forEach((id, receipt) -> {
            if (!receipt.isPending()) {
                String at = receipt.position().orElseThrow() + "-0";
                int found = RedisServers.command(promoted, redis -> redis.xrange(LOG, Range.create(at, at)))
                        .size();
                assertThat(found).as("log entry of " + id).isOne();
                assertThat(read(fresh, id)).isEqualTo(2);
            }
        });
        assertThat(receipts.values()).anyMatch(Invalidation::isPending).anyMatch(receipt -> !receipt.isPending());
    }

    private CacheManager start(Topology topology, String uri) {
        IDS.forEach(id -> database.put(id, 1));
        nodes = TestNodes.on(settings(topology, uri), NAMESPACE);
        return node();
    }

    private CacheManager node() {
        if (nodes == null) {
            throw new IllegalStateException("No servers");
        }
        return nodes.start(builder -> builder.caches(POLICY).minReplicas(1));
    }

    private static RedisSettings settings(Topology topology, String uri) {
        return new RedisSettings(topology, List.of(RedisURI.create(uri)), Duration.ofMillis(500), null, null);
    }

    private int read(CacheManager node, String id) {
        Cache<String, Integer> cache = node.cache("c", Integer.class);
        return cache.get(id, (key, context) -> database.get(key));
    }

    private static boolean exists(RedisProcess replica, String key) {
        return RedisServers.command(replica, redis -> {
            redis.readOnly();
            return redis.exists(key) == 1;
        });
    }
}
