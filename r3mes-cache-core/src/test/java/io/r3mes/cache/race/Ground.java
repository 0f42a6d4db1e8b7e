package io.r3mes.cache.race;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.OnFailover;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where races are played.
 *
 * @param settings the servers
 * @param onFailover how all nodes treat a failover
 * @param otherJvm where the other node runs, or null for this JVM
 * @param faults what happens to the servers meanwhile, or null for nothing
 */
record Ground(
        RedisSettings settings,
        OnFailover onFailover,
        @Nullable OtherJvm otherJvm,
        @Nullable Faults faults) {

    /** A time-out for servers that are only ever slow because the machine is busy. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int MOST_LANES = 12;

    /** One server, and all nodes in this JVM. */
    static Ground oneServer() {
        return of(Topology.STANDALONE, PATIENCE, OneServer.REDIS.uri());
    }

    static Ground of(Topology topology, Duration commandTimeout, String uri) {
        return new Ground(
                new RedisSettings(topology, List.of(RedisURI.create(uri)), commandTimeout, null, null),
                OnFailover.REPLAY,
                null,
                null);
    }

    /** The same servers, with the other node in the second JVM of this test run. */
    Ground acrossJvms() {
        return new Ground(settings, onFailover, SecondJvm.IT, faults);
    }

    Ground with(OnFailover policy) {
        return new Ground(settings, policy, otherJvm, faults);
    }

    Ground with(Faults happening) {
        return new Ground(settings, onFailover, otherJvm, happening);
    }

    /** Whether Redis always answers here, so that what is stored can be counted on to be there. */
    boolean isCalm() {
        return faults == null;
    }

    /** How often each race is played. */
    long rounds() {
        return Long.getLong("r3mes.races.rounds", isLong() ? 100_000 : otherJvm == null ? 300 : 60);
    }

    private static boolean isLong() {
        return "long".equals(System.getProperty("r3mes.races"));
    }

    /** How many rounds are played at once: few of a few, so that each lane has some on each of its ids. */
    int lanes() {
        return (int) Math.max(1, Math.min(MOST_LANES, rounds() / 15));
    }

    /** Returns whether the round ended while no fault was under way. */
    boolean roundPlayed() {
        return faults == null || faults.roundPlayed();
    }

    boolean isFaultUnderWay() {
        return faults != null && faults.isUnderWay();
    }

    long faultsSoFar() {
        return faults == null ? 0 : faults.count();
    }

    private static final class OneServer {
        static final RedisProcess REDIS = RedisServers.standalone();
    }

    private static final class SecondJvm {
        static final OtherJvm IT = start();

        private static OtherJvm start() {
            try {
                return new OtherJvm();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
