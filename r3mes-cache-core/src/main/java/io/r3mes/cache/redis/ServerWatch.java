package io.r3mes.cache.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.event.ClusterTopologyChangedEvent;
import io.lettuce.core.cluster.event.MovedRedirectionEvent;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.event.Event;
import io.lettuce.core.event.EventBus;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;

/**
 * Counts what may have changed the servers behind the operations: a connection that was lost or made, a slot that has
 * another master. Thread-safe.
 *
 * <p>Lettuce tells of a new connection on its event loop before the loop sends anything else on it, and of a redirection
 * or another topology before it follows them; so no answer of a new server arrives before it was counted.
 */
final class ServerWatch implements RedisConnectionStateListener {

    private final RedisCodec<?, ?> watched;
    private final AtomicLong epoch = new AtomicLong();
    private final AtomicLong takeovers = new AtomicLong();

    /**
     * @param watched the very codec of the connections to watch; those of a cluster client's nodes have it too
     */
    ServerWatch(RedisCodec<?, ?> watched) {
        this.watched = watched;
    }

    long epoch() {
        return epoch.get();
    }

    /** Counts a change that showed itself in an answer. */
    void changed() {
        epoch.incrementAndGet();
    }

    /** How often slots got another master. */
    long takeovers() {
        return takeovers.get();
    }

    /** The bus with this watch before it. Its subscribers would be told too late. */
    EventBus before(EventBus bus) {
        return new EventBus() {
            @Override
            public Flux<Event> get() {
                return bus.get();
            }

            @Override
            public void publish(Event event) {
                observe(event);
                bus.publish(event);
            }
        };
    }

    @Override
    public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
        observe(connection);
    }

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
        observe(connection);
    }

    private void observe(RedisChannelHandler<?, ?> connection) {
        if (connection instanceof StatefulConnection<?, ?> opened && opened.getCodec() == watched) {
            epoch.incrementAndGet();
        }
    }

    private void observe(Event event) {
        if (event instanceof MovedRedirectionEvent) {
            epoch.incrementAndGet();
        } else if (event instanceof ClusterTopologyChangedEvent changed
                && !owners(changed.before()).equals(owners(changed.after()))) {
            takeovers.incrementAndGet();
            epoch.incrementAndGet();
        }
    }

    private static Map<String, Set<Integer>> owners(List<RedisClusterNode> nodes) {
        Map<String, Set<Integer>> owners = new HashMap<>();
        for (RedisClusterNode node : nodes) {
            if (node.is(NodeFlag.UPSTREAM) && !node.hasNoSlots()) {
                owners.put(node.getNodeId(), Set.copyOf(node.getSlots()));
            }
        }
        return owners;
    }
}
