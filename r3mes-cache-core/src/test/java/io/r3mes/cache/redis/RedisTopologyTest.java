package io.r3mes.cache.redis;

import static io.r3mes.cache.testing.Await.failure;
import static io.r3mes.cache.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.testing.RedisSentinel;
import io.r3mes.cache.testing.RedisServers;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The adapter with a master, its replica and a sentinel. */
class RedisTopologyTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private RedisSentinel servers;

    @BeforeEach
    void start() {
        servers = RedisServers.sentinel();
    }

    @AfterEach
    void stop() {
        servers.close();
    }

    @Test
    void followsTheMasterThatTheSentinelNames() {
        String uri = servers.uri();
        try (RedisPorts ports = RedisPorts.connected(settings(Topology.STANDALONE, uri))) {
            works(ports, "before");
            servers.server(0).kill();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .untilAsserted(() -> works(ports, "after"));
            long found = RedisServers.command(
                    servers.server(1), redis -> redis.exists(ports.keys().value("after")));
            assertThat(found).isOne();
        }
    }

    @Test
    void readsAndWritesTheMasterOnly() {
        String[] uris = {servers.server(1).uri(), servers.server(0).uri()};
        try (RedisPorts ports = RedisPorts.connected(settings(Topology.MASTER_REPLICA, uris))) {
            RedisServers.command(servers.server(1), redis -> redis.configResetstat());
            works(ports, "k");
            String statistics = RedisServers.command(servers.server(1), redis -> redis.info("commandstats"));
            assertThat(statistics).doesNotContain("cmdstat_get:");
        }
    }

    /** With resources of its own: those shared would outlive the reconnect attempts that the failover breaks off. */
    private static RedisSettings settings(Topology topology, String... uris) {
        List<RedisURI> parsed = Stream.of(uris).map(RedisURI::create).toList();
        return new RedisSettings(topology, parsed, RedisPorts.COMMAND_TIMEOUT, null, null);
    }

    private static void works(RedisPorts ports, String key) {
        Lease lease = new Lease(key, "token", MINUTE);
        assertThat(failure(ports.store().takeOver(lease))).isNull();
        assertThat(result(ports.store().store(lease, new byte[] {1}, MINUTE))).isTrue();
        assertThat(result(ports.store().get(key))).isEqualTo(new byte[] {1});
        Append append = Append.of(new Event.Keys(List.of(key)), 0);
        long position = result(ports.log().append(append)).position();
        assertThat(result(ports.log().read(position - 1, 10, Duration.ofMillis(50))))
                .hasSize(1);
    }
}
