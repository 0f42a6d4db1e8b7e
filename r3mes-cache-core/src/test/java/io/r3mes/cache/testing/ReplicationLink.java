package io.r3mes.cache.testing;

import io.lettuce.core.KillArgs;
import java.util.List;

/**
 * The link over which a replica gets what its master acknowledges.
 *
 * @param master of the two, the one that is written to
 */
public record ReplicationLink(RedisProcess master, RedisProcess replica) {

    /** Whether both ends say that the replica follows. */
    public boolean isUp() {
        return RedisServers.info(replica).contains("master_link_status:up")
                && RedisServers.info(replica).contains("master_port:" + master.port())
                && RedisServers.info(master).contains("port=" + replica.port() + ",state=online");
    }

    public void awaitUp() {
        Patience.await("the replica follows its master").until(this::isUp);
    }

    /** Waits until the replica holds all that the master has acknowledged before this call. */
    public void awaitCaughtUp() {
        long written = offset(master, "master_repl_offset:");
        Patience.await("the replica holds what its master does")
                .until(() -> offset(replica, "slave_repl_offset:") >= written);
    }

    /**
     * Cuts the link: what the master acknowledges from now on never reaches the replica. Both go on to serve. The replica
     * tries to come back with credentials that the master refuses.
     */
    public void cut() {
        RedisServers.command(replica, redis -> redis.configSet("masteruser", "nobody"));
        RedisServers.command(replica, redis -> redis.configSet("masterauth", "nothing"));
        RedisServers.command(master, redis -> redis.clientKill(KillArgs.Builder.typeSlave()));
        Patience.await("the link is cut")
                .until(() -> RedisServers.info(replica).contains("master_link_status:down")
                        && !RedisServers.info(master).contains("port=" + replica.port() + ","));
    }

    /** Lets a replica whose link was cut follow a master again. */
    public void mend() {
        for (String setting : List.of("masteruser", "masterauth")) {
            RedisServers.command(replica, redis -> redis.configSet(setting, ""));
        }
    }

    private static long offset(RedisProcess server, String name) {
        return RedisServers.info(server)
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.substring(name.length())))
                .findFirst()
                .orElse(-1);
    }
}
