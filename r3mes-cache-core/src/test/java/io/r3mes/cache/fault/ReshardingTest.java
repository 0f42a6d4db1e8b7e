package io.r3mes.cache.fault;

import io.lettuce.core.MigrateArgs;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.models.partitions.ClusterPartitionParser;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.testing.RedisCluster;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** F8: the slots of values and of the log move to another master while the load goes on. */
class ReshardingTest {

    private static final Duration COMMAND_TIMEOUT = Duration.ofMillis(500);

    private final RedisCluster cluster = RedisServers.cluster(2);
    private final Workload workload = new Workload(TestNodes.on(new RedisSettings(
            RedisSettings.Topology.CLUSTER,
            cluster.servers().stream()
                    .map(server -> RedisURI.create(server.uri()))
                    .toList(),
            COMMAND_TIMEOUT,
            null,
            null)));

    @AfterEach
    void close() {
        workload.close();
        cluster.close();
    }

    @Test
    void goesOnWhileSlotsMove() {
        workload.join(builder -> builder.namespace(Arena.NAMESPACE));
        workload.join(builder -> builder.namespace(Arena.NAMESPACE));
        workload.run();
        workload.keepOn(Duration.ofMillis(300));
        List<Integer> slots = Stream.concat(
                        Stream.of(Arena.LOG),
                        IntStream.range(0, Form.of(4, 12)).mapToObj(id -> Arena.NAMESPACE + ":version:" + id))
                .map(SlotHash::getSlot)
                .distinct()
                .toList();
        Duration slowest = Duration.ZERO;
        for (int round = 0; round < Form.of(1, 20); round++) {
            for (int slot : slots) {
                move(slot);
                Duration drained = workload.drain();
                slowest = drained.compareTo(slowest) > 0 ? drained : slowest;
            }
        }
        Duration back = workload.settle();
        workload.keepOn(Duration.ofMillis(300));
        workload.assertLoadsOnce();
        workload.assertPromises();
        record("slots moved: slowest acknowledgement of what was pending", "<= 5 s", slowest);
        record("slots moved: near caches trusted again afterwards", "", back);
        record("slots moved: largest staleness of the near cache", "<= 500 ms", workload.history.largestStaleness());
        record("slots moved: commands that failed", "", workload.unavailable());
    }

    /** Moves a slot to the master that does not have it, its keys one by one. */
    private void move(int slot) {
        boolean first = RedisServers.command(
                cluster.server(0), redis -> redis.clusterMyId().equals(ownerOf(slot)));
        RedisProcess from = cluster.server(first ? 0 : 1);
        RedisProcess to = cluster.server(first ? 1 : 0);
        String fromId = RedisServers.command(from, redis -> redis.clusterMyId());
        String toId = RedisServers.command(to, redis -> redis.clusterMyId());
        RedisServers.command(to, redis -> redis.clusterSetSlotImporting(slot, fromId));
        RedisServers.command(from, redis -> redis.clusterSetSlotMigrating(slot, toId));
        RedisServers.command(from, redis -> {
            for (List<String> keys = redis.clusterGetKeysInSlot(slot, 10);
                    !keys.isEmpty();
                    keys = redis.clusterGetKeysInSlot(slot, 10)) {
                for (String key : keys) {
                    redis.migrate("127.0.0.1", to.port(), 0, 1_000, MigrateArgs.Builder.key(key));
                    workload.keepOn(Duration.ofMillis(10));
                }
            }
            return true;
        });
        RedisServers.command(to, redis -> redis.clusterSetSlotNode(slot, toId));
        RedisServers.command(from, redis -> redis.clusterSetSlotNode(slot, toId));
    }

    private String ownerOf(int slot) {
        return RedisServers.command(cluster.server(0), redis -> redis.clusterNodes())
                .lines()
                .filter(line ->
                        ClusterPartitionParser.parse(line).getPartition(0).hasSlot(slot))
                .findFirst()
                .map(line -> line.substring(0, line.indexOf(' ')))
                .orElseThrow();
    }

    private static void record(String what, String promised, Object measured) {
        Figures.record("F8", what, promised, measured);
    }
}
