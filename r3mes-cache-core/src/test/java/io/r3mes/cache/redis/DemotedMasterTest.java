package io.r3mes.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.Range;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.SocketAddressResolver;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.ReplicationLink;
import io.r3mes.cache.testing.TestNodes;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A master becomes a replica of its own replica and keeps its connections. */
class DemotedMasterTest {

    private static final String NAMESPACE = "demoted";
    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}").withTtl(Duration.ofHours(1));

    private final RedisProcess first = RedisServers.standalone("--repl-diskless-sync-delay", "0");
    private final RedisProcess second = RedisServers.standalone("--repl-diskless-sync-delay", "0");
    private @Nullable TestNodes nodes;
    private @Nullable ClientResources resources;
    private int minReplicas;

    @BeforeEach
    void follow() {
        follow(second, first);
    }

    @AfterEach
    void close() {
        if (nodes != null) {
            nodes.close();
        }
        if (resources != null) {
            resources.shutdown();
        }
        first.close();
        second.close();
    }

    @Test
    void isLeftForTheNewMasterAmongFixedNodes() {
        sendsInvalidationsToTheNewMaster(new RedisSettings(
                Topology.MASTER_REPLICA,
                List.of(RedisURI.create(first.uri()), RedisURI.create(second.uri())),
                Duration.ofMillis(500),
                null,
                null));
    }

    @Test
    void isLeftForTheNewMasterByInvalidationsThatReplicasMustHave() {
        minReplicas = 1;
        isLeftForTheNewMasterAmongFixedNodes();
    }

    @Test
    void isLeftForTheNewMasterBehindOneName() {
        MovingName name = new MovingName(first);
        resources = ClientResources.builder().socketAddressResolver(name).build();
        sendsInvalidationsToTheNewMaster(
                new RedisSettings(
                        Topology.STANDALONE,
                        List.of(RedisURI.create(first.uri())),
                        Duration.ofMillis(500),
                        null,
                        resources),
                () -> name.target = second);
    }

    @Test
    void isNeverToldThatAnInvalidationSucceeded() {
        CacheManager node = start(new RedisSettings(
                Topology.STANDALONE, List.of(RedisURI.create(first.uri())), Duration.ofMillis(500), null, null));
        cache(node).get("k", (id, context) -> "v");
        demote();
        Invalidation receipt = cache(node).delete("k");
        assertThat(receipt.isPending()).isTrue();
        Awaitility.await().until(() -> node.status().fenced());
        assertThat(receipt.isPending()).isTrue();
        RedisServers.command(first, redis -> redis.replicaofNoOne());
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> !receipt.isPending());
        assertThat(isInLog(first, receipt)).isTrue();
    }

    private void sendsInvalidationsToTheNewMaster(RedisSettings settings) {
        sendsInvalidationsToTheNewMaster(settings, () -> {});
    }

    private void sendsInvalidationsToTheNewMaster(RedisSettings settings, Runnable onDemotion) {
        CacheManager node = start(settings);
        cache(node).get("k", (id, context) -> "v");
        Invalidation before = cache(node).delete("k");
        Awaitility.await().until(() -> !before.isPending());
        new ReplicationLink(first, second).awaitCaughtUp();
        demote();
        onDemotion.run();
        long demotedAt = System.nanoTime();
        List<Invalidation> receipts = new ArrayList<>();
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    receipts.add(cache(node).delete("k" + receipts.size()));
                    return receipts.stream().noneMatch(Invalidation::isPending);
                });
        Duration rerouted = Duration.ofNanos(System.nanoTime() - demotedAt);
        System.out.printf(
                "demoted master: %d invalidations, all at the new master after %d ms%n",
                receipts.size(), rerouted.toMillis());
        assertThat(receipts).allMatch(receipt -> isInLog(second, receipt));
        assertThat(rerouted).isLessThan(Duration.ofSeconds(2));
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> !node.status().fenced());
    }

    private CacheManager start(RedisSettings settings) {
        nodes = TestNodes.on(settings);
        return nodes.start(
                builder -> builder.namespace(NAMESPACE).caches(POLICY).minReplicas(minReplicas));
    }

    private void demote() {
        RedisServers.command(second, redis -> redis.replicaofNoOne());
        follow(first, second);
    }

    private static void follow(RedisProcess replica, RedisProcess master) {
        RedisServers.command(replica, redis -> redis.replicaof("127.0.0.1", master.port()));
        new ReplicationLink(master, replica).awaitUp();
    }

    private static boolean isInLog(RedisProcess server, Invalidation receipt) {
        String id = receipt.position().orElseThrow() + "-0";
        return !RedisServers.command(server, redis -> redis.xrange("{" + NAMESPACE + "}:log", Range.create(id, id)))
                .isEmpty();
    }

    private static Cache<String, String> cache(CacheManager node) {
        return node.cache("c", String.class);
    }

    /** Resolves whatever is asked to the server that holds the name now. */
    private static final class MovingName extends SocketAddressResolver {

        private volatile RedisProcess target;

        MovingName(RedisProcess target) {
            this.target = target;
        }

        @Override
        public SocketAddress resolve(RedisURI uri) {
            return new InetSocketAddress("127.0.0.1", target.port());
        }
    }
}
