package io.r3mes.cache.testing;

import io.lettuce.core.MigrateArgs;
import io.lettuce.core.cluster.SlotHash;
import java.util.List;

/** One slot of a cluster on its way from a master to another, step by step. */
public final class SlotMigration {

    private static final long MIGRATE_MILLIS = 5_000;

    private final RedisCluster cluster;
    private final int slot;
    private final RedisProcess from;
    private final RedisProcess to;

    private SlotMigration(RedisCluster cluster, int slot, RedisProcess from, RedisProcess to) {
        this.cluster = cluster;
        this.slot = slot;
        this.from = from;
        this.to = to;
    }

    /** Begins to move the slot of a key to the first other master. Both sides serve it from now on. */
    public static SlotMigration begin(RedisCluster cluster, String key) {
        RedisProcess from = cluster.shard(key).master();
        RedisProcess to = cluster.masters().stream()
                .filter(master -> master != from)
                .findFirst()
                .orElseThrow();
        SlotMigration migration = new SlotMigration(cluster, SlotHash.getSlot(key), from, to);
        String source = id(from);
        String target = id(to);
        RedisServers.command(to, redis -> redis.clusterSetSlotImporting(migration.slot, source));
        RedisServers.command(from, redis -> redis.clusterSetSlotMigrating(migration.slot, target));
        return migration;
    }

    public int slot() {
        return slot;
    }

    /** Moves up to so many keys, each by itself; returns how many there were. */
    public int moveKeys(int most) {
        List<String> keys = RedisServers.command(from, redis -> redis.clusterGetKeysInSlot(slot, most));
        RedisServers.command(from, redis -> {
            for (String key : keys) {
                redis.migrate("127.0.0.1", to.port(), 0, MIGRATE_MILLIS, MigrateArgs.Builder.key(key));
            }
            return keys;
        });
        return keys.size();
    }

    /** Moves the keys that are left and makes the target the slot's only master. */
    public void finish() {
        while (moveKeys(100) > 0) {
            Thread.onSpinWait();
        }
        String target = id(to);
        RedisServers.command(to, redis -> redis.clusterSetSlotNode(slot, target));
        RedisServers.command(from, redis -> redis.clusterSetSlotNode(slot, target));
        for (RedisProcess other : cluster.masters()) {
            RedisServers.command(other, redis -> redis.clusterSetSlotNode(slot, target));
        }
    }

    private static String id(RedisProcess server) {
        return RedisServers.command(server, redis -> redis.clusterMyId());
    }
}
