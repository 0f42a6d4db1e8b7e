package io.r3mes.cache.fault;

import io.r3mes.cache.fault.Workload.Member;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.ReplicationLink;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * F7b: a node alone with the old master, whose other replica falls silent, while everybody else uses the promoted one.
 */
class IsolationTest {

    private static final Duration MAX_LAG = Duration.ofSeconds(1);

    /** A server counts the lag in whole seconds, and looks at it once a second. */
    private static final Duration COARSENESS = Duration.ofSeconds(2);

    private static final Duration BOUND = MAX_LAG.plus(COARSENESS).plus(Workload.STALENESS);

    @Test
    void trustsTheOldMasterNoLongerThanItsLag() {
        try (RedisProcess old = RedisServers.standalone("--repl-diskless-sync-delay", "0");
                RedisProcess promoted = RedisServers.standalone();
                RedisProcess lagging = RedisServers.standalone();
                Workload workload = new Workload(TestNodes.on(old), Workload.Settings.SMALL, History.lenient(BOUND))) {
            follow(promoted, old);
            follow(lagging, old);
            RedisServers.command(old, redis -> redis.configSet("min-replicas-to-write", "1"));
            RedisServers.command(
                    old, redis -> redis.configSet("min-replicas-max-lag", Long.toString(MAX_LAG.toSeconds())));
            Member isolated = join(workload, old);
            isolated.node().invalidator().invalidateByTag("id:0", "versions");
            workload.writeOnce(isolated, "0");
            workload.readOnce(isolated, "0");
            new ReplicationLink(old, promoted).awaitCaughtUp();

            lagging.freeze();
            RedisServers.command(promoted, redis -> redis.replicaofNoOne());
            Member other = join(workload, promoted);
            long until = System.nanoTime()
                    + BOUND.plus(Form.of(Duration.ofMillis(700), Duration.ofSeconds(20)))
                            .toNanos();
            while (System.nanoTime() < until) {
                workload.writeOnce(other, "0");
                for (int i = 0; i < 5; i++) {
                    workload.readOnce(isolated, "0");
                    workload.readOnce(other, "0");
                    workload.keepOn(Duration.ofMillis(4));
                }
            }
            workload.assertPromises();
            Figures.record(
                    "F7b",
                    "alone with the old master, max-lag 1 s: largest staleness",
                    "<= 3.5 s",
                    workload.history.largestStaleness());
        }
    }

    private static void follow(RedisProcess replica, RedisProcess master) {
        RedisServers.command(replica, redis -> redis.replicaof("127.0.0.1", master.port()));
        new ReplicationLink(master, replica).awaitUp();
    }

    private static Member join(Workload workload, RedisProcess server) {
        return workload.join(builder -> builder.namespace(Arena.NAMESPACE).redis(Arena.settings(server.uri())));
    }
}
