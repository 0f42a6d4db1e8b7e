package io.r3mes.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StatefulRedisConnectionImpl;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.DefaultEndpoint;
import io.lettuce.core.resource.ClientResources;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.TimerTask;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** When the masters are looked for while nobody asks, on a timer of the test. */
class MasterSearchTest {

    private static final ClientResources RESOURCES = ClientResources.create();
    private static final RedisCodec<String, String> WATCHED = new StringCodec();
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("127.0.0.1", 7001);

    private final Steps steps = new Steps();
    private final StatefulRedisConnectionImpl<String, String> connection = connection(WATCHED);
    private List<RedisClusterNode> nodes = List.of(node(7001, 1, 2), node(7002, 3));
    private int reads;
    private final MasterSearch search = new MasterSearch(() -> nodes, WATCHED, () -> reads++, steps, () -> 0);

    @AfterAll
    static void stop() {
        RESOURCES.shutdown();
    }

    @Test
    void endsOnceTheConnectionIsThereAgain() {
        search.onRedisConnected(connection, ADDRESS);
        search.onRedisDisconnected(connection);
        steps.run(3);
        assertThat(reads).isEqualTo(3);
        search.onRedisConnected(connection, ADDRESS);
        steps.runAll();
        assertThat(reads).isEqualTo(3);
    }

    @Test
    void endsOnceTheLostServerHasNoSlots() {
        search.onRedisConnected(connection, ADDRESS);
        search.onRedisDisconnected(connection);
        steps.run(2);
        nodes = List.of(node(7001), node(7003, 1, 2), node(7002, 3));
        steps.runAll();
        assertThat(reads).isEqualTo(2);
    }

    @Test
    void goesOnWhileAnotherServerIsAway() {
        StatefulRedisConnectionImpl<String, String> other = connection(WATCHED);
        search.onRedisConnected(connection, ADDRESS);
        search.onRedisConnected(other, new InetSocketAddress("127.0.0.1", 7002));
        search.onRedisDisconnected(connection);
        search.onRedisDisconnected(other);
        search.onRedisConnected(connection, ADDRESS);
        steps.run(5);
        assertThat(reads).isEqualTo(5);
    }

    @Test
    void givesUpAfterAMinuteAlsoIfTheServerComesAndGoes() {
        search.onRedisConnected(connection, ADDRESS);
        search.onRedisDisconnected(connection);
        steps.run(10);
        search.onRedisDisconnected(connection);
        steps.runAll();
        search.onRedisDisconnected(connection);
        steps.run(1);
        assertThat(reads).isEqualTo(60);
    }

    @Test
    void beginsAnewWhenTheConnectionIsLostAgain() {
        search.onRedisConnected(connection, ADDRESS);
        search.onRedisDisconnected(connection);
        steps.runAll();
        search.onRedisConnected(connection, ADDRESS);
        search.onRedisDisconnected(connection);
        steps.run(4);
        assertThat(reads).isEqualTo(64);
    }

    @Test
    void ignoresConnectionsThatWereClosedOrAreForSomethingElse() {
        StatefulRedisConnectionImpl<String, String> foreign = connection(new StringCodec());
        search.onRedisConnected(foreign, ADDRESS);
        search.onRedisDisconnected(foreign);
        search.onRedisConnected(connection, ADDRESS);
        connection.closeAsync().join();
        search.onRedisDisconnected(connection);
        steps.runAll();
        assertThat(reads).isZero();
    }

    private static StatefulRedisConnectionImpl<String, String> connection(RedisCodec<String, String> codec) {
        DefaultEndpoint endpoint = new DefaultEndpoint(ClientOptions.create(), RESOURCES);
        return new StatefulRedisConnectionImpl<>(endpoint, endpoint, codec, Duration.ofSeconds(1));
    }

    private static RedisClusterNode node(int port, Integer... slots) {
        RedisURI uri = RedisURI.create("127.0.0.1", port);
        return new RedisClusterNode(uri, "n" + port, true, null, 0, 0, 0, List.of(slots), Set.of(NodeFlag.UPSTREAM));
    }

    /** Runs its tasks when told to. */
    private static final class Steps implements Timer {

        private final Queue<TimerTask> tasks = new ArrayDeque<>();

        void run(int most) {
            for (int i = 0; i < most && !tasks.isEmpty(); i++) {
                try {
                    tasks.remove().run(null);
                } catch (Exception thrown) {
                    throw new IllegalStateException(thrown);
                }
            }
        }

        void runAll() {
            run(1_000);
            assertThat(tasks).isEmpty();
        }

        @Override
        public Timeout newTimeout(TimerTask task, long delay, TimeUnit unit) {
            assertThat(unit.toMillis(delay)).isBetween(500L, 1_000L);
            tasks.add(task);
            return null;
        }

        @Override
        public Set<Timeout> stop() {
            return Set.of();
        }
    }
}
