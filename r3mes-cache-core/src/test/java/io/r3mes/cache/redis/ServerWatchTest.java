package io.r3mes.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.event.AskRedirectionEvent;
import io.lettuce.core.cluster.event.ClusterTopologyChangedEvent;
import io.lettuce.core.cluster.event.MovedRedirectionEvent;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.event.Event;
import io.lettuce.core.event.EventBus;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Which events count as a change of servers, and when. */
class ServerWatchTest {

    private final ServerWatch watch = new ServerWatch(StringCodec.UTF8);
    private final List<Long> epochsOnDelivery = new ArrayList<>();
    private final EventBus bus = watch.before(new EventBus() {
        @Override
        public Flux<Event> get() {
            return Flux.empty();
        }

        @Override
        public void publish(Event event) {
            epochsOnDelivery.add(watch.epoch());
        }
    });

    @Test
    void countsAnotherMasterOfASlotBeforeLettuceGoesOn() {
        List<RedisClusterNode> before = List.of(master("a", 1, 2), master("b", 3), replica("c"));
        bus.publish(new ClusterTopologyChangedEvent(before, List.of(master("a", 1), master("b", 2, 3), replica("c"))));
        bus.publish(new ClusterTopologyChangedEvent(before, List.of(replica("a"), master("b", 3), master("c", 1, 2))));
        assertThat(epochsOnDelivery).containsExactly(1L, 2L);
    }

    @Test
    void countsNoChangeThatLeavesEachSlotItsMaster() {
        List<RedisClusterNode> before = List.of(master("a", 1, 2), master("b", 3));
        bus.publish(new ClusterTopologyChangedEvent(
                before, List.of(master("b", 3), replica("c"), master("d"), master("a", 2, 1))));
        assertThat(watch.epoch()).isZero();
    }

    @Test
    void countsARedirectionForGoodButNotOneForOnce() {
        bus.publish(new AskRedirectionEvent("GET", "k", 1, "ASK 1 127.0.0.1:1"));
        assertThat(watch.epoch()).isZero();
        bus.publish(new MovedRedirectionEvent("GET", "k", 1, "MOVED 1 127.0.0.1:1"));
        assertThat(epochsOnDelivery).containsExactly(0L, 1L);
    }

    private static RedisClusterNode master(String id, Integer... slots) {
        return node(id, NodeFlag.UPSTREAM, List.of(slots));
    }

    private static RedisClusterNode replica(String id) {
        return node(id, NodeFlag.REPLICA, List.of());
    }

    private static RedisClusterNode node(String id, NodeFlag role, List<Integer> slots) {
        RedisURI uri = RedisURI.create("127.0.0.1", 1);
        return new RedisClusterNode(uri, id, true, null, 0, 0, 0, slots, Set.of(role));
    }
}
