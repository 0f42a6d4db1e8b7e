package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What nodes do while a real Redis is absent, dead, frozen or forgetful. */
class RedisOutageTest {

    private static final CachePolicy POLICY =
            CachePolicy.of("c", "c:{id}").withTags("t:{id}").withTtl(Duration.ofHours(1));
    private static final String NAMESPACE = "outage";

    @TempDir
    Path directory;

    private final AtomicInteger loads = new AtomicInteger();
    private RedisProcess redis = RedisServers.prepared();
    private TestNodes nodes = TestNodes.inMemory();

    @AfterEach
    void close() {
        nodes.close();
        redis.close();
    }

    @Test
    void loadsWhileRedisIsAbsentAndCachesOnceItAppears() {
        nodes = nodes();
        CachePolicy.Local sharesNothing = new CachePolicy.Local(true, 100, Duration.ofSeconds(30), Duration.ZERO);
        CacheManager node = nodes.startWithoutWaiting(
                builder -> builder.namespace(NAMESPACE).caches(POLICY.withLocal(sharesNothing)));
        assertThat(load(node, "k")).isEqualTo(1);
        assertThat(load(node, "k")).isEqualTo(2);
        assertThat(node.status().connected()).isFalse();
        Invalidation pending = cache(node).delete("k");
        assertThat(pending.isPending()).isTrue();
        redis.start();
        soon().until(() -> !node.status().fenced() && node.status().pending() == 0);
        assertThat(pending.isPending()).isFalse();
        soon().until(() -> {
            int cached = load(node, "k");
            return load(node, "k") == cached;
        });
    }

    @Test
    void answersWhileRedisIsDeadAndReplaysBeforeOldValuesReturn() throws IOException {
        redis = RedisServers.prepared(
                "--appendonly",
                "yes",
                "--appendfsync",
                "always",
                "--dir",
                Files.createDirectories(directory).toString());
        redis.start();
        nodes = nodes();
        CacheManager node = start();
        CacheManager other = start();
        assertThat(load(node, "k")).isEqualTo(1);
        assertThat(load(other, "k")).isEqualTo(1);
        redis.kill();
        Invalidation pending = cache(node).delete("k");
        assertThat(pending.isPending()).isTrue();
        assertThat(load(node, "k")).isEqualTo(2);
        soon().until(() -> node.status().fenced() && other.status().fenced());
        assertThat(load(other, "k")).isEqualTo(3);
        redis.start();
        soon().until(() -> {
            assertThat(cache(node).getIfPresent("k").orElse(0)).isNotEqualTo(1);
            return !pending.isPending();
        });
        assertThat(other.awaitApplied(pending.position().orElseThrow(), Duration.ofSeconds(20)))
                .isTrue();
        assertThat(cache(other).getIfPresent("k").orElse(0)).isNotEqualTo(1);
    }

    @Test
    void servesNothingOldAfterTheMetadataIsDeleted() {
        forgets(":meta");
    }

    @Test
    void servesNothingOldAfterTheLogIsDeleted() {
        forgets(":log");
    }

    private void forgets(String name) {
        redis.start();
        nodes = nodes();
        CacheManager node = start();
        CacheManager other = start();
        load(node, "k");
        load(other, "k");
        RedisServers.command(redis, commands -> commands.del("{" + NAMESPACE + "}" + name));
        Invalidation receipt = cache(other).delete("k");
        assertThat(receipt.isPending()).isFalse();
        assertThat(cache(other).getIfPresent("k").isHit()).isFalse();
        soon().until(() -> !cache(node).getIfPresent("k").isHit());
        soon().until(() -> node.awaitApplied(receipt.position().orElseThrow(), Duration.ofMillis(100)));
        int fresh = load(node, "k");
        assertThat(fresh).isEqualTo(2);
        soon().until(() -> load(other, "k") == load(node, "k"));
        Invalidation next = cache(node).delete("k");
        assertThat(other.awaitApplied(next.position().orElseThrow(), Duration.ofSeconds(20)))
                .as("follows the log again")
                .isTrue();
        assertThat(cache(other).getIfPresent("k").isHit()).isFalse();
    }

    @Test
    void isFencedWhileRedisIsFrozen() {
        redis.start();
        nodes = nodes();
        CacheManager node = start();
        load(node, "k");
        assertThat(load(node, "k")).isEqualTo(1);
        redis.freeze();
        long frozenAt = System.nanoTime();
        soon().until(() -> node.status().fenced());
        assertThat(Duration.ofNanos(System.nanoTime() - frozenAt)).isLessThan(Duration.ofMillis(2_000));
        long hits = node.metrics().stats("c").reads().localHits();
        assertThat(load(node, "k")).as("loaded").isEqualTo(2);
        assertThat(node.metrics().stats("c").reads().localHits()).isEqualTo(hits);
        redis.thaw();
        soon().until(() -> !node.status().fenced());
        assertThat(load(node, "k")).as("still valid").isEqualTo(1);
    }

    private CacheManager start() {
        return nodes.start(builder -> builder.namespace(NAMESPACE).caches(POLICY));
    }

    private TestNodes nodes() {
        return TestNodes.on(new RedisSettings(
                RedisSettings.Topology.STANDALONE,
                List.of(RedisURI.create(redis.uri())),
                Duration.ofMillis(500),
                null,
                null));
    }

    private static ConditionFactory soon() {
        return Awaitility.await().pollInterval(Duration.ofMillis(10)).atMost(Duration.ofSeconds(20));
    }

    private static Cache<String, Integer> cache(CacheManager node) {
        return node.cache("c", Integer.class);
    }

    private int load(CacheManager node, String id) {
        return cache(node).get(id, (wanted, context) -> loads.incrementAndGet());
    }
}
