package io.r3mes.cache.redis;

import static io.r3mes.cache.testing.Await.failure;
import static io.r3mes.cache.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Fetched;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.testing.FaultProxy;
import io.r3mes.cache.testing.RedisCluster;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A master that does not answer costs callers one time-out each at first, and nothing from then on. */
class SilentMasterTest {

    private static final Duration TIMEOUT = Duration.ofMillis(100);

    @Test
    void sendsNothingOfCallersToAServerThatIsTooSlow() {
        try (RedisProcess server = RedisServers.standalone();
                FaultProxy proxy = FaultProxy.before(server)) {
            RedisAdapter adapter = adapter(Topology.STANDALONE, proxy.uri());
            RemoteStore store = adapter.remoteStore();
            result(adapter.connect());
            proxy.inject(new FaultProxy.Fault.Latency(TIMEOUT.multipliedBy(20), Duration.ZERO), FaultProxy.Scope.ALL);
            List<CompletionStage<byte[]>> first =
                    IntStream.range(0, 20).mapToObj(i -> store.get("k" + i)).toList();
            assertThat(first).allSatisfy(each -> assertThat(failure(each)).isNotNull());

            for (int i = 0; i < 1_000; i++) {
                assertRefused(store.getAll(List.of("k", "l")));
                assertRefused(store.unlink("k"));
                assertRefused(adapter.invalidationLog().append(Append.of(new Event.All(), 0)));
            }
            String sent = RedisServers.command(server, redis -> redis.info("commandstats"));
            assertThat(sent).doesNotContain("cmdstat_mget");

            proxy.heal();
            long healedAt = System.nanoTime();
            Awaitility.await().atMost(Duration.ofSeconds(6)).until(() -> failure(store.get("k")) == null);
            System.out.printf(
                    "slow server: used again %d ms after it was quick again%n",
                    Duration.ofNanos(System.nanoTime() - healedAt).toMillis());
            adapter.close();
        }
    }

    @Test
    void goesOnWithTheOtherMastersOfACluster() {
        try (RedisCluster cluster = RedisServers.cluster(3)) {
            RedisAdapter adapter =
                    adapter(Topology.CLUSTER, cluster.servers().get(0).uri());
            RemoteStore store = adapter.remoteStore();
            List<String> keys = IntStream.range(0, 60).mapToObj(i -> "k" + i).toList();
            result(adapter.connect());
            Awaitility.await().until(() -> keys.stream().allMatch(key -> failure(store.get(key)) == null));
            RedisProcess silent = cluster.shard("silent:k0").master();
            List<String> ofTheOthers = keys.stream()
                    .filter(key -> cluster.shard("silent:" + key).master() != silent)
                    .toList();
            silent.freeze();
            Fetched found = result(store.getAll(keys));
            assertThat(found.values()).hasSameSizeAs(keys);
            assertThat(found.failures().keySet().stream().map(keys::get))
                    .containsExactlyInAnyOrderElementsOf(keys.stream()
                            .filter(key -> !ofTheOthers.contains(key))
                            .toList());
            keys.stream().filter(key -> !ofTheOthers.contains(key)).forEach(key -> store.get(key));
            Awaitility.await().until(() -> failure(store.get("k0")) instanceof RedisUnavailableException);

            ofTheOthers.forEach(key -> assertThat(failure(store.get(key))).isNull());
            assertThat(result(store.getAll(keys)).failures())
                    .hasSize(keys.size() - ofTheOthers.size())
                    .allSatisfy((place, refused) -> assertThat(refused).isInstanceOf(RedisUnavailableException.class));

            silent.thaw();
            Awaitility.await().atMost(Duration.ofSeconds(6)).until(() -> failure(store.get("k0")) == null);
            adapter.close();
        }
    }

    private static void assertRefused(CompletionStage<?> operation) {
        assertThat(operation.toCompletableFuture()).isCompletedExceptionally();
        assertThat(failure(operation)).isInstanceOf(RedisUnavailableException.class);
    }

    private static RedisAdapter adapter(Topology topology, String uri) {
        return RedisAdapter.create(
                new RedisSettings(topology, List.of(RedisURI.create(uri)), TIMEOUT, null, null),
                RedisNamespace.of("silent"));
    }
}
