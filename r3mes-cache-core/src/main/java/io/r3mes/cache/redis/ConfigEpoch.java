package io.r3mes.cache.redis;

import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The highest configuration epoch of a cluster's masters, which grows whenever another server becomes the master of a
 * slot. It is known while the topology was read after the last change that the watch counted. Thread-safe.
 */
final class ConfigEpoch {

    private final RedisClusterClient cluster;
    private final ServerWatch watch;
    private final AtomicBoolean reading = new AtomicBoolean();
    private volatile @Nullable Known known;

    ConfigEpoch(RedisClusterClient cluster, ServerWatch watch) {
        this.cluster = cluster;
        this.watch = watch;
    }

    /** The epoch, or empty while the topology is being read. */
    OptionalLong current() {
        Known last = known;
        if (last != null && last.change() == watch.epoch()) {
            return OptionalLong.of(last.epoch());
        }
        if (reading.compareAndSet(false, true)) {
            read();
        }
        return OptionalLong.empty();
    }

    private void read() {
        long change = watch.epoch();
        try {
            cluster.refreshPartitionsAsync().whenComplete((done, failure) -> {
                if (failure == null) {
                    known = new Known(change, highest());
                }
                reading.set(false);
            });
        } catch (RuntimeException closed) {
            reading.set(false);
        }
    }

    private long highest() {
        return cluster.getPartitions().stream()
                .mapToLong(RedisClusterNode::getConfigEpoch)
                .max()
                .orElse(0);
    }

    /**
     * @param change the watch's count before the topology was read
     */
    private record Known(long change, long epoch) {}
}
