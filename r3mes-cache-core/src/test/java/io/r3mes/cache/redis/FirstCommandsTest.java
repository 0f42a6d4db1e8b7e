package io.r3mes.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.testing.Await;
import io.r3mes.cache.testing.RedisCluster;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Commands that a new connection is opened for, on a machine that is busy meanwhile. */
class FirstCommandsTest {

    private static final int CONNECTIONS = 5;

    @Test
    void areTakenByEachServerOfACluster() {
        try (RedisCluster servers = RedisServers.cluster(3)) {
            areTaken(Topology.CLUSTER, servers.server(0));
        }
    }

    @Test
    void areTakenByASingleServer() {
        try (RedisProcess server = RedisServers.standalone()) {
            areTaken(Topology.STANDALONE, server);
        }
    }

    private static void areTaken(Topology topology, RedisProcess server) {
        RedisURI uri = RedisURI.create(server.uri());
        ClientResources busy = ClientResources.builder()
                .eventLoopGroupProvider(new SlowHandOver())
                .build();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                RedisSettings settings =
                        new RedisSettings(topology, List.of(uri), RedisPorts.COMMAND_TIMEOUT, null, busy);
                try (RedisAdapter adapter = RedisAdapter.create(settings, RedisNamespace.of("first"))) {
                    Await.result(adapter.connect());
                    List<CompletionStage<byte[]>> first = IntStream.range(0, 8)
                            .mapToObj(key -> adapter.remoteStore().get("k" + key))
                            .toList();
                    assertThat(first).extracting(Await::failure).containsOnlyNulls();
                }
            }
        } finally {
            busy.shutdown();
        }
    }
}
