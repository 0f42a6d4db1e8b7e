package io.r3mes.cache.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the failover helpers keep and lose. */
class RedisFailoverTest {

    @Test
    void clusterKeepsAllInAPlannedFailoverAndLosesWhatACutLinkDidNotCarry() {
        try (RedisCluster cluster = RedisServers.cluster(3, 1)) {
            assertThat(cluster.servers()).hasSize(6);
            RedisProcess first = cluster.shard("k").master();
            set(first, "planned");
            RedisCluster.Shard after = cluster.failOver("k");
            assertThat(after.replica()).isSameAs(first);
            assertThat(get(after.master())).isEqualTo("planned");

            after.link().awaitCaughtUp();
            after.link().cut();
            set(after.master(), "lost");
            RedisProcess killed = cluster.killMaster("k");
            assertThat(killed).isSameAs(after.master());
            RedisProcess promoted = cluster.shard("k").master();
            assertThat(promoted).isSameAs(first);
            assertThat(get(promoted)).isEqualTo("planned");

            cluster.rejoin(killed);
            set(promoted, "kept");
            cluster.shard("k").link().awaitCaughtUp();
            assertThat(cluster.killMaster("k")).isSameAs(promoted);
            assertThat(get(killed)).isEqualTo("kept");
        }
    }

    @Test
    void sentinelKeepsAllInAHandOverAndLosesWhatACutLinkDidNotCarry() {
        try (RedisSentinel group = RedisServers.sentinel()) {
            RedisProcess first = group.link().master();
            assertThat(first).isSameAs(group.server(0));
            set(first, "planned");
            ReplicationLink after = group.handOver();
            assertThat(after.replica()).isSameAs(first);
            assertThat(get(after.master())).isEqualTo("planned");

            after.cut();
            set(after.master(), "lost");
            RedisProcess killed = group.killMaster();
            assertThat(killed).isSameAs(after.master());
            assertThat(group.link().master()).isSameAs(first);
            assertThat(get(first)).isEqualTo("planned");

            group.rejoin(killed);
            set(first, "kept");
            group.link().awaitCaughtUp();
            assertThat(group.failOver().master()).isSameAs(killed);
            assertThat(get(killed)).isEqualTo("kept");
        }
    }

    private static void set(RedisProcess server, String value) {
        RedisServers.command(server, redis -> redis.set("k", value));
    }

    private static @Nullable String get(RedisProcess server) {
        return RedisServers.command(server, redis -> redis.get("k"));
    }
}
