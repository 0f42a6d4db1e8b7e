package io.r3mes.cache.redis;

import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The server of a cluster that a command goes to.
 *
 * @param asking whether it has the key for this time only
 */
record Redirection(String host, int port, boolean asking) {

    /** The master of the key's slot as the connection knows it, or null. */
    static @Nullable Redirection toMaster(StatefulRedisClusterConnection<?, ?> connection, String key) {
        RedisClusterNode master = connection.getPartitions().getPartitionBySlot(SlotHash.getSlot(key));
        return master == null
                ? null
                : new Redirection(master.getUri().getHost(), master.getUri().getPort(), false);
    }

    /** Where the answer says that the key is; null if it does not say so. */
    static @Nullable Redirection of(@Nullable Throwable failure) {
        Refusal refusal = Refusal.of(failure);
        if (failure == null || (refusal != Refusal.MOVED && refusal != Refusal.ASK)) {
            return null;
        }
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        String[] words =
                String.valueOf(cause == null ? null : cause.getMessage()).split(" ", -1);
        String address = words.length < 3 ? "" : words[2];
        int colon = address.lastIndexOf(':');
        try {
            return colon < 1
                    ? null
                    : new Redirection(
                            address.substring(0, colon),
                            Integer.parseInt(address.substring(colon + 1)),
                            refusal == Refusal.ASK);
        } catch (NumberFormatException unreadable) {
            return null;
        }
    }

    String address() {
        return host + ":" + port;
    }
}
