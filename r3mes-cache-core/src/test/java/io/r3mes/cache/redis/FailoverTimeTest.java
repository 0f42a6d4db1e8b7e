package io.r3mes.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.testing.Await;
import io.r3mes.cache.testing.RedisCluster;
import io.r3mes.cache.testing.RedisSentinel;
import io.r3mes.cache.testing.RedisServers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** How soon operations reach a promoted replica, and that the epoch tells. */
class FailoverTimeTest {

    private static final String NAMESPACE = "failover";
    private static final Duration LIMIT = Duration.ofSeconds(2);

    @Test
    void commandsReachThePromotedReplicaOfACluster() {
        try (RedisCluster cluster = RedisServers.cluster(3, 1)) {
            RedisURI seed = RedisURI.create(cluster.server(0).uri());
            String log = "{" + NAMESPACE + "}:log";
            comesBack("cluster", Topology.CLUSTER, seed, () -> cluster.killMaster(log));
        }
    }

    @Test
    void commandsReachTheReplicaThatSentinelsPromote() {
        try (RedisSentinel group = RedisServers.sentinel()) {
            comesBack("sentinel", Topology.STANDALONE, RedisURI.create(group.uri()), group::killMaster);
        }
    }

    /** It has a connection to each shard, and sends nothing. */
    @Test
    void anIdleNodeNoticesThePromotion() {
        try (RedisCluster cluster = RedisServers.cluster(3, 1)) {
            RedisSettings settings = new RedisSettings(
                    Topology.CLUSTER,
                    List.of(RedisURI.create(cluster.server(0).uri())),
                    Duration.ofMillis(500),
                    null,
                    null);
            try (RedisAdapter adapter = RedisAdapter.create(settings, RedisNamespace.of(NAMESPACE))) {
                Await.result(adapter.connect());
                Await.result(adapter.remoteStore()
                        .getAll(IntStream.range(0, 64).mapToObj(i -> "k" + i).toList()));
                long takeovers = adapter.remoteStore().takeovers();
                cluster.killMaster("{" + NAMESPACE + ":k0}:lease");
                long promotedAt = System.nanoTime();
                Awaitility.await()
                        .pollInterval(Duration.ofMillis(5))
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> adapter.remoteStore().takeovers() != takeovers);
                Duration noticed = Duration.ofNanos(System.nanoTime() - promotedAt);
                System.out.printf(
                        "failover of a cluster: an idle node notices %d ms after it is over%n", noticed.toMillis());
                assertThat(noticed).isLessThan(Duration.ofSeconds(10));
            }
        }
    }

    private static void comesBack(String name, Topology topology, RedisURI uri, Runnable failOver) {
        RedisSettings settings = new RedisSettings(topology, List.of(uri), Duration.ofMillis(500), null, null);
        try (RedisAdapter adapter = RedisAdapter.create(settings, RedisNamespace.of(NAMESPACE))) {
            Await.result(adapter.connect());
            works(adapter);
            long epoch = adapter.remoteStore().epoch();
            Prober prober = new Prober(adapter);
            prober.awaitAnswer();
            failOver.run();
            long promotedAt = System.nanoTime();
            Duration back = prober.awaitSuccessAfter(promotedAt);
            System.out.printf("failover of a %s: operations succeed %d ms after it is over%n", name, back.toMillis());
            assertThat(back).isLessThan(LIMIT);
            assertThat(adapter.remoteStore().epoch()).isNotEqualTo(epoch);
            assertThat(prober.epochsOfAnswers())
                    .as("no answer of the new master has the old epoch")
                    .hasSizeGreaterThan(1);
        }
    }

    private static void works(RedisAdapter adapter) {
        Lease lease = new Lease("k", "token", Duration.ofMinutes(1));
        Await.result(adapter.remoteStore().takeOver(lease));
        assertThat(Await.result(adapter.remoteStore().store(lease, new byte[] {1}, Duration.ofMinutes(1))))
                .isTrue();
        Await.result(adapter.invalidationLog().append(Append.of(new Event.All(), 0)));
    }

    /** Appends all the time. */
    private static final class Prober {

        private final AtomicLong lastSuccess = new AtomicLong(Long.MIN_VALUE);
        private final Set<Long> epochs = ConcurrentHashMap.newKeySet();
        private final RedisAdapter adapter;
        private volatile boolean ended;

        Prober(RedisAdapter adapter) {
            this.adapter = adapter;
            Thread thread = new Thread(() -> {
                while (!ended) {
                    probe();
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        void awaitAnswer() {
            Awaitility.await().until(() -> !epochs.isEmpty());
        }

        Duration awaitSuccessAfter(long time) {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> lastSuccess.get() != Long.MIN_VALUE && lastSuccess.get() - time > 0);
            ended = true;
            return Duration.ofNanos(lastSuccess.get() - time);
        }

        Set<Long> epochsOfAnswers() {
            return epochs;
        }

        private void probe() {
            long sentAt = System.nanoTime();
            long epoch = adapter.remoteStore().epoch();
            if (Await.failure(adapter.invalidationLog().append(Append.of(new Event.All(), 0))) == null) {
                lastSuccess.set(sentAt);
                epochs.add(epoch);
            } else {
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
        }
    }
}
