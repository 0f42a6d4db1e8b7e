package io.r3mes.cache.race;

import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.testing.RedisCluster;
import io.r3mes.cache.testing.RedisServers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The races between two JVMs on a cluster of three masters with a replica each. */
class ClusterRacesTest {

    private static RedisCluster cluster;
    private static Ground ground;

    @BeforeAll
    static void start() {
        cluster = RedisServers.cluster(3, 1, "--cluster-node-timeout", "30000");
        ground = Ground.of(Topology.CLUSTER, Ground.PATIENCE, cluster.server(0).uri())
                .acrossJvms();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Nested
    class Loads extends LoadRacesTest {
        @Override
        Ground ground() {
            return ground;
        }
    }

    @Nested
    class Reads extends ReadRacesTest {
        @Override
        Ground ground() {
            return ground;
        }
    }

    @Nested
    class Writes extends WriteRacesTest {
        @Override
        Ground ground() {
            return ground;
        }
    }
}
