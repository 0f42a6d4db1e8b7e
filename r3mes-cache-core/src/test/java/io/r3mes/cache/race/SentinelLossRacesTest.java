package io.r3mes.cache.race;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.OnFailover;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.testing.RedisSentinel;
import io.r3mes.cache.testing.RedisServers;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/**
 * The races between two JVMs while masters die whose replicas lack what they acknowledged last. With {@code fence}, no read
 * sees what is lost.
 */
class SentinelLossRacesTest {

    private static RedisSentinel servers;
    private static Faults faults;
    private static Ground ground;

    @BeforeAll
    static void start() {
        servers = RedisServers.sentinel();
        Ground quiet = Ground.of(Topology.STANDALONE, Duration.ofMillis(500), servers.uri())
                .acrossJvms()
                .with(OnFailover.FENCE);
        long pace = Math.max(450, quiet.rounds() / 5);
        faults = Faults.inTurn(pace, SentinelLossRacesTest::loseAcknowledgedWrites);
        ground = quiet.with(faults);
    }

    /** At least the invalidations of twenty rounds. */
    private static void loseAcknowledgedWrites() {
        servers.link().cut();
        faults.awaitRounds(20);
        servers.rejoin(servers.killMaster());
    }

    @AfterAll
    static void stop() {
        try {
            assertThat(faults.end()).isGreaterThanOrEqualTo(2);
        } finally {
            servers.close();
        }
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
