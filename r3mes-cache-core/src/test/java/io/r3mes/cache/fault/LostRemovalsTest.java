package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.OnFailover;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.testing.RedisCluster;
import io.r3mes.cache.testing.RedisCluster.Shard;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.Replays;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** F7 in a Cluster: the shard of a value forgets an acknowledged removal, the shard of the log forgets nothing. */
class LostRemovalsTest {

    private static final String NAMESPACE = "test-removals";
    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}");

    private final RedisCluster cluster = RedisServers.cluster(3, 1);
    private final TestNodes nodes = TestNodes.on(
            new RedisSettings(
                    Topology.CLUSTER,
                    List.of(RedisURI.create(cluster.server(0).uri())),
                    Duration.ofMillis(500),
                    null,
                    null),
            NAMESPACE);
    private final Replays replays = new Replays();
    private final String id = apartFromTheLog();
    private volatile long database = 1;

    @AfterEach
    void close() {
        nodes.close();
        cluster.close();
    }

    @Test
    void issuerRemovesAgainWhatTheShardForgot() {
        CacheManager issuer = nodes.start(
                builder -> builder.caches(POLICY).onFailover(OnFailover.REPLAY).observer(replays));
        loseRemoval(issuer);
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    assertThat(read(issuer)).as("on the issuer's own node").isEqualTo(2);
                    return replays.all().stream().anyMatch(replay -> replay.invalidations() > 0)
                            && issuer.status().pending() == 0;
                });
        assertThat(read(nodes.start(POLICY))).isEqualTo(2);
    }

    @Test
    void fenceLetsNoNodeReadWhatTheShardForgot() {
        CacheManager issuer = nodes.start(builder -> builder.caches(POLICY).onFailover(OnFailover.FENCE));
        loseRemoval(issuer);
        CacheManager late =
                nodes.startWithoutWaiting(builder -> builder.caches(POLICY).onFailover(OnFailover.FENCE));
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    assertThat(read(late)).isEqualTo(2);
                    return cache(late).getIfPresent(id).isHit();
                });
    }

    /** Caches the old value, cuts the replica of its shard off, invalidates, and lets the replica take over. */
    private void loseRemoval(CacheManager issuer) {
        String value = value(id);
        Shard shard = cluster.shard(value);
        await().until(() -> {
            assertThat(read(issuer)).isEqualTo(1);
            return cache(issuer).getIfPresent(id).isHit();
        });
        shard.link().awaitCaughtUp();
        shard.link().cut();
        database = 2;
        assertThat(issuer.invalidator().invalidateKey("c:" + id).isPending()).isFalse();
        long held = RedisServers.command(shard.replica(), redis -> {
            redis.readOnly();
            return redis.exists(value);
        });
        assertThat(held).as("the replica holds the old value").isEqualTo(1);
        cluster.killMaster(value);
    }

    private String apartFromTheLog() {
        int log = cluster.shard("{" + NAMESPACE + "}:log").master().port();
        return IntStream.range(0, 1_000)
                .mapToObj(Integer::toString)
                .filter(candidate -> cluster.shard(value(candidate)).master().port() != log)
                .findFirst()
                .orElseThrow();
    }

    private static String value(String id) {
        return NAMESPACE + ":c:" + id;
    }

    private long read(CacheManager node) {
        return cache(node).get(id, (wanted, context) -> database);
    }

    private static Cache<String, Long> cache(CacheManager node) {
        return node.cache("c", Long.class);
    }
}
