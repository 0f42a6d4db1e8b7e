package io.r3mes.cache.redis;

import static io.r3mes.cache.testing.Await.failure;
import static io.r3mes.cache.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.Range;
import io.lettuce.core.RedisURI;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.OnFailover;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.ReplicationLink;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Invalidations that count only when replicas have them, on a master and its replica. */
class MinReplicasTest {

    private static final Duration TIMEOUT = Duration.ofMillis(600);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final CachePolicy POLICY =
            CachePolicy.of("c", "c:{id}").withTtl(MINUTE).withTags("tag");
    private static final Pattern WAITS = Pattern.compile("cmdstat_wait:calls=(\\d+)");

    private static RedisProcess master;
    private static RedisProcess replica;
    private static ReplicationLink link;

    private final String namespace = "test-" + UUID.randomUUID();
    private final TestNodes nodes = TestNodes.on(settings(), namespace);
    private volatile int database = 1;

    @BeforeAll
    static void start() {
        master = RedisServers.standalone("--repl-diskless-sync-delay", "0");
        replica = RedisServers.standalone("--repl-diskless-sync-delay", "0");
        RedisServers.command(replica, redis -> redis.replicaof("127.0.0.1", master.port()));
        link = new ReplicationLink(master, replica);
        link.awaitUp();
    }

    @AfterAll
    static void stop() {
        master.close();
        replica.close();
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    /** What is invalidated. */
    enum Scope {
        KEY(invalidator -> invalidator.invalidateKey("c:1")),
        TAG(invalidator -> invalidator.invalidateByTag("tag")),
        PATTERN(invalidator -> invalidator.invalidateByPattern("c:*")),
        CACHE(invalidator -> invalidator.invalidateCache("c")),
        ALL(CacheInvalidator::invalidateAll);

        private final Function<CacheInvalidator, Invalidation> call;

        Scope(Function<CacheInvalidator, Invalidation> call) {
            this.call = call;
        }
    }

    @Test
    void replicaHasWhatIsAcknowledged() {
        CacheManager node = start(1);
        for (int i = 0; i < 200; i++) {
            read(node);
            Invalidation receipt = node.invalidator().invalidateKey("c:1");
            assertThat(isInLog(replica, receipt)).isTrue();
            long left = RedisServers.command(replica, redis -> redis.exists(namespace + ":c:1"));
            assertThat(left).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void invalidationIsPendingUntilTheReplicaHasIt(Scope scope) {
        CacheManager node = start(1);
        assertThat(read(node)).isEqualTo(1);
        link.awaitCaughtUp();
        Invalidation receipt;
        link.cut();
        try {
            database = 2;
            long since = System.nanoTime();
            receipt = scope.call.apply(node.invalidator());
            Duration took = Duration.ofNanos(System.nanoTime() - since);
            assertThat(receipt.isPending()).isTrue();
            assertThat(took).isLessThan(TIMEOUT.multipliedBy(2).plusMillis(200));
            assertThat(read(node)).as("honoured on the node").isEqualTo(2);
        } finally {
            link.mend();
        }
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !receipt.isPending());
        assertThat(isInLog(replica, receipt)).isTrue();
        assertThat(read(node)).isEqualTo(2);
    }

    @Test
    void writeThroughIsPendingUntilTheReplicaHasIt() {
        CacheManager node = start(1);
        read(node);
        Invalidation receipt;
        link.cut();
        try {
            receipt = cache(node).set("1", 2);
            assertThat(receipt.isPending()).isTrue();
            database = 2;
            assertThat(read(node)).isEqualTo(2);
        } finally {
            link.mend();
        }
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !receipt.isPending());
    }

    @Test
    void everyStepOfAnInvalidationNeedsTheReplica() {
        Lease lease = new Lease("k", "token", MINUTE);
        try (RedisAdapter strict = adapter(1)) {
            assertThat(result(strict.remoteStore().unlink("k"))).isFalse();
            replica.freeze();
            try {
                result(strict.remoteStore().takeOver(lease));
                needsReplicas(failure(strict.remoteStore().unlink("k")));
                needsReplicas(failure(strict.remoteStore().unlinkKeeping(lease)));
                needsReplicas(failure(strict.invalidationLog().append(Append.of(new Event.All(), 0))));
                assertThat(result(strict.remoteStore().get("k"))).isNull();
            } finally {
                replica.thaw();
            }
        }
    }

    @Test
    void removalThatFindsNothingWaitsForTheOneThatAnotherMade() {
        Lease lease = new Lease("k", "token", MINUTE);
        try (RedisAdapter plain = adapter(0);
                RedisAdapter strict = adapter(1)) {
            result(plain.remoteStore().takeOver(lease));
            result(plain.remoteStore().store(lease, new byte[] {1}, MINUTE));
            assertThat(result(strict.remoteStore().unlink("other"))).isFalse();
            replica.freeze();
            try {
                assertThat(result(plain.remoteStore().unlink("k"))).isTrue();
                needsReplicas(failure(strict.remoteStore().unlink("k")));
            } finally {
                replica.thaw();
            }
            assertThat(result(strict.remoteStore().unlink("k"))).isFalse();
        }
    }

    @Test
    void manyKeysWaitTogether() {
        CacheManager node = start(1);
        List<String> keys = IntStream.range(0, 2_000).mapToObj(i -> "c:" + i).toList();
        RedisServers.command(master, redis -> redis.configResetstat());
        assertThat(node.invalidator().invalidateKeys(keys).isPending()).isFalse();
        int waits = waits();
        System.out.printf("%d keys: %d waits for replicas%n", keys.size(), waits);
        assertThat(waits).isBetween(2, 200);
    }

    @Test
    void takesAFewRoundTripsMore() {
        for (int minReplicas = 0; minReplicas <= 1; minReplicas++) {
            CacheManager node = start(minReplicas);
            long[] nanos = new long[1_000];
            for (int i = 0; i < nanos.length; i++) {
                long since = System.nanoTime();
                assertThat(node.invalidator().invalidateByTag("tag").isPending())
                        .isFalse();
                nanos[i] = System.nanoTime() - since;
            }
            Arrays.sort(nanos);
            System.out.printf(
                    "acknowledged by %d replicas: median %d us, p99 %d us%n",
                    minReplicas, nanos[500] / 1_000, nanos[990] / 1_000);
        }
    }

    @Test
    void nobodyWaitsUnlessItIsAskedFor() {
        RedisServers.command(master, redis -> redis.configResetstat());
        CacheManager node = start(0);
        read(node);
        for (Scope scope : Scope.values()) {
            assertThat(scope.call.apply(node.invalidator()).isPending()).isFalse();
        }
        assertThat(cache(node).set("1", 2).isPending()).isFalse();
        assertThat(waits()).isZero();
    }

    @Test
    void aConnectionMoreIsOpenedOnlyIfItIsAskedFor() {
        Awaitility.await().until(() -> connections() == 0);
        try (RedisAdapter plain = adapter(0)) {
            assertThat(result(plain.remoteStore().unlink("k"))).isFalse();
            assertThat(connections()).isEqualTo(2);
        }
        Awaitility.await().until(() -> connections() == 0);
        try (RedisAdapter strict = adapter(1)) {
            assertThat(result(strict.remoteStore().unlink("k"))).isFalse();
            assertThat(connections()).isEqualTo(3);
        }
    }

    private CacheManager start(int minReplicas) {
        return nodes.start(
                builder -> builder.caches(POLICY).onFailover(OnFailover.REPLAY).minReplicas(minReplicas));
    }

    private RedisAdapter adapter(int minReplicas) {
        RedisNamespace usual = RedisNamespace.of(namespace);
        RedisAdapter adapter = RedisAdapter.create(
                settings(), new RedisNamespace(namespace, usual.onFailover(), usual.mostTagMembers(), minReplicas));
        result(adapter.connect());
        return adapter;
    }

    private static RedisSettings settings() {
        return new RedisSettings(Topology.STANDALONE, List.of(RedisURI.create(master.uri())), TIMEOUT, null, null);
    }

    private int read(CacheManager node) {
        return cache(node).get("1", (id, context) -> database);
    }

    private static Cache<String, Integer> cache(CacheManager node) {
        return node.cache("c", Integer.class);
    }

    private boolean isInLog(RedisProcess server, Invalidation receipt) {
        String id = receipt.position().orElseThrow() + "-0";
        return !RedisServers.command(server, redis -> redis.xrange("{" + namespace + "}:log", Range.create(id, id)))
                .isEmpty();
    }

    private static int waits() {
        Matcher found = WAITS.matcher(RedisServers.command(master, redis -> redis.info("commandstats")));
        return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }

    private static int connections() {
        return (int) RedisServers.command(master, redis -> redis.clientList())
                .lines()
                .filter(client -> client.contains("user=r3mes"))
                .count();
    }

    private static void needsReplicas(Throwable failure) {
        assertThat(failure).hasMessageMatching(".*0 of 1 replicas.*|No acknowledgement by replicas in time");
    }
}
