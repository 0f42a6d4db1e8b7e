package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.testing.RedisCluster;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** One master of a cluster, which has values and not the log, stops answering and goes on. */
class SilentShardTest {

    private static final String NAMESPACE = "shards";
    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}").withLocal(CachePolicy.Local.OFF);
    private static final List<Integer> IDS =
            IntStream.range(0, Form.of(60, 600)).boxed().toList();

    /** What a loaded machine may add to the time-out. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private final Set<Integer> loaded = new TreeSet<>();

    @Test
    void bulkReadLoadsNothingButTheKeysOfTheSilentShard() {
        try (RedisCluster cluster = RedisServers.cluster(3);
                TestNodes nodes = TestNodes.on(settings(cluster), NAMESPACE)) {
            CacheManager node = nodes.start(POLICY);
            RedisProcess withLog = master(cluster, "{" + NAMESPACE + "}:log");
            RedisProcess silent = cluster.servers().stream()
                    .filter(server -> server != withLog)
                    .findFirst()
                    .orElseThrow();
            Set<Integer> ofTheSilent = IDS.stream()
                    .filter(id -> master(cluster, NAMESPACE + ":c:" + id) == silent)
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(ofTheSilent).isNotEmpty().hasSizeLessThan(IDS.size());
            Awaitility.await().until(() -> {
                read(node);
                return read(node).isEmpty();
            });

            assertThat(node.status().openCircuits()).isZero();
            silent.freeze();
            record("first bulk read", "<= 110 ms", () -> assertThat(read(node)).isEqualTo(ofTheSilent));
            record("second bulk read", "", () -> assertThat(read(node)).isEqualTo(ofTheSilent));
            assertThat(node.status().fenced()).isFalse();
            assertThat(node.status().openCircuits()).isEqualTo(1);

            silent.thaw();
            Awaitility.await().until(() -> read(node).isEmpty());
            assertThat(node.status().openCircuits()).isZero();
        }
    }

    private Set<Integer> read(CacheManager node) {
        loaded.clear();
        Map<Integer, Integer> values = node.<Integer, Integer>cache("c", Integer.class)
                .getAll(IDS, wanted -> {
                    loaded.addAll(wanted);
                    return wanted.stream().collect(Collectors.toMap(Function.identity(), id -> id + 1));
                });
        assertThat(values)
                .hasSize(IDS.size())
                .allSatisfy((id, value) -> assertThat(value).isEqualTo(id + 1));
        return Set.copyOf(loaded);
    }

    private static void record(String what, String promised, Runnable read) {
        long startedAt = System.nanoTime();
        read.run();
        Duration took = Duration.ofNanos(System.nanoTime() - startedAt);
        Figures.record("F3", "one shard of three is silent: " + what, promised, took);
        assertThat(took).isLessThan(RedisSettings.DEFAULT_COMMAND_TIMEOUT.plus(MARGIN));
    }

    private static RedisProcess master(RedisCluster cluster, String key) {
        return cluster.shard(key).master();
    }

    private static RedisSettings settings(RedisCluster cluster) {
        return new RedisSettings(
                RedisSettings.Topology.CLUSTER,
                List.of(RedisURI.create(cluster.server(0).uri())),
                RedisSettings.DEFAULT_COMMAND_TIMEOUT,
                null,
                null);
    }
}
