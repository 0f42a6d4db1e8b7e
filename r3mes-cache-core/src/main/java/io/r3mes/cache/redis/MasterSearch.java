package io.r3mes.cache.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import io.lettuce.core.codec.RedisCodec;
import io.netty.util.Timer;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topology of a cluster once or twice a second while the connection to a node that serves slots is lost, for a
 * minute at most, so that a node that sends nothing to a shard notices its failover too. Thread-safe.
 */
final class MasterSearch implements RedisConnectionStateListener {

    private static final Logger log = LoggerFactory.getLogger(MasterSearch.class);
    private static final long LONGEST_PAUSE_MILLIS = 1_000;
    private static final int MOST_READS = 60;

    private final Supplier<? extends Collection<RedisClusterNode>> nodes;
    private final RedisCodec<?, ?> watched;
    private final Runnable refresh;
    private final Timer timer;
    private final LongSupplier random;
    private final Map<RedisChannelHandler<?, ?>, SocketAddress> addresses = new WeakHashMap<>(); // guarded by this
    private final Map<RedisChannelHandler<?, ?>, Integer> lost = new WeakHashMap<>(); // guarded by this
    private boolean searching; // guarded by this

    /**
     * @param nodes of the topology as it was read last
     * @param watched the very codec of the connections to watch
     * @param refresh reads the topology in the background
     */
    MasterSearch(
            Supplier<? extends Collection<RedisClusterNode>> nodes,
            RedisCodec<?, ?> watched,
            Runnable refresh,
            Timer timer,
            LongSupplier random) {
        this.nodes = nodes;
        this.watched = watched;
        this.refresh = refresh;
        this.timer = timer;
        this.random = random;
    }

    @Override
    public synchronized void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
        if (isWatched(connection)) {
            addresses.put(connection, address);
            lost.remove(connection);
        }
    }

    @Override
    public synchronized void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
        if (!isWatched(connection) || connection.isClosed()) {
            return;
        }
        lost.putIfAbsent(connection, 0);
        if (!searching) {
            searching = true;
            later();
        }
    }

    private void search() {
        synchronized (this) {
            lost.replaceAll((connection, reads) -> reads + 1);
            lost.keySet().removeIf(this::isPointless);
            searching = lost.values().stream().anyMatch(reads -> reads <= MOST_READS);
            if (!searching) {
                return;
            }
        }
        refresh.run();
        later();
    }

    /** Not at the same time as every other node. */
    private void later() {
        long half = LONGEST_PAUSE_MILLIS / 2;
        long millis = half + Math.floorMod(random.getAsLong(), half + 1);
        try {
            timer.newTimeout(timeout -> search(), millis, TimeUnit.MILLISECONDS);
        } catch (IllegalStateException timerStopped) {
            log.debug("The client is closed", timerStopped);
        }
    }

    /** Whether the connection was given up, or its node is known to serve no slot. */
    private boolean isPointless(RedisChannelHandler<?, ?> connection) {
        SocketAddress address = addresses.get(connection);
        return connection.isClosed()
                || nodes.get().stream().anyMatch(node -> isAt(node.getUri(), address) && !serves(node));
    }

    private static boolean serves(RedisClusterNode node) {
        return node.is(NodeFlag.UPSTREAM) && !node.hasNoSlots();
    }

    private static boolean isAt(RedisURI uri, @Nullable SocketAddress address) {
        return address instanceof InetSocketAddress internet
                && internet.getPort() == uri.getPort()
                && (internet.getHostString().equals(uri.getHost())
                        || (internet.getAddress() != null
                                && internet.getAddress().getHostAddress().equals(uri.getHost())));
    }

    private boolean isWatched(RedisChannelHandler<?, ?> connection) {
        return connection instanceof StatefulConnection<?, ?> opened && opened.getCodec() == watched;
    }
}
