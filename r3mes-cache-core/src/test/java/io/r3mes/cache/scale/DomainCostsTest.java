package io.r3mes.cache.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.engine.NodeCosts;
import io.r3mes.cache.testing.Await;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * What one coherence domain costs its server and its nodes, which {@code docs/scale.md} calculates with. With
 * {@code -Dr3mes.scale=measure} it prints the figures; otherwise it sees to it that they are of what they say.
 */
class DomainCostsTest {

    private static final boolean LONG = Meter.IN_EARNEST;
    private static final int STEPS = LONG ? 1_000 : 10;
    private static final int EVENTS = LONG ? 100 : 5;
    private static final int FLOOD = LONG ? 10_000 : 200;
    private static final int[] FOLLOWERS = LONG ? new int[] {1, 10, 50, 100, 200} : new int[] {3};
    private static final Duration IDLE = LONG ? Duration.ofSeconds(5) : Duration.ofMillis(20);

    private static final Figures figures = new Figures("domain");

    @Test
    void anEventIsSentOnceToEachNodeThatWaitsForIt() {
        for (int count : FOLLOWERS) {
            ServerCost woken = delivered(count);
            assertThat(woken.out() / count)
                    .as("a key of 24 bytes, its position and two ids, to each of %d nodes", count)
                    .isBetween(100.0, 300.0);
        }
    }

    private ServerCost delivered(int count) {
        try (RedisProcess server = RedisServers.standalone()) {
            Meter meter = new Meter(server, IDLE);
            try (Followers writer = new Followers(server, 1);
                    Followers followers = new Followers(server, count)) {
                DomainCosts costs = new DomainCosts(server, writer.adapter(0), meter, figures, STEPS);
                followers.follow();
                ServerCost waiting = meter.once(() -> Meter.pause(IDLE)).times(1e9 / IDLE.toNanos() / count);
                ServerCost woken = costs.woken(followers, EVENTS);
                ServerCost flooded = costs.flooded(followers, FLOOD);
                assertThat(followers.received()).isEqualTo((long) Meter.ROUNDS * count * (EVENTS + FLOOD));
                figures.note("%-34s %s", "%d nodes: one waits, a second".formatted(count), waiting);
                figures.note("%-34s %s", "%d nodes: append and delivery".formatted(count), woken);
                figures.note("%-34s %s", "%d nodes: the same, flooded".formatted(count), flooded);
                return woken;
            }
        }
    }

    @Test
    void aNodeHasTwoConnectionsAndOneForEachFurtherDomain() {
        try (RedisProcess server = RedisServers.standalone()) {
            long before = clients(server);
            try (Followers nodes = new Followers(server, 2)) {
                assertThat(clients(server) - before).isEqualTo(4);
                var unused = nodes.adapter(0).invalidationLog("orders").read(0, 1, Duration.ofMillis(1));
                Awaitility.await().until(() -> clients(server) - before == 5);
            }
        }
    }

    @Test
    void keysOfOneEventShareItsCost() {
        try (RedisProcess server = RedisServers.standalone()) {
            figures.note(
                    "Redis %s",
                    RedisServers.command(server, redis -> redis.info("server"))
                            .replaceAll("(?s).*redis_version:([0-9.]+).*", "$1"));
            Meter meter = new Meter(server, IDLE);
            try (Followers nodes = new Followers(server, LONG ? 100 : 2)) {
                DomainCosts costs = new DomainCosts(server, nodes.adapter(0), meter, figures, STEPS);
                Await.result(nodes.log(0).head(0));
                costs.beats(LONG ? new int[] {1, 10, 100, 300, 1_000} : new int[] {1, 3});
                costs.beatsAtOnce(nodes);
                List<ServerCost> events = costs.events();
                costs.misses(LONG ? 512 : 8);
                ServerCost one = events.get(0);
                ServerCost many = events.get(1);
                assertThat(many.in() / 500)
                        .as("bytes sent for each of 500 keys")
                        .isLessThan(one.in() / 5);
            }
        }
        if (LONG) {
            NodeCosts.measure(line -> figures.note("%s", line));
        }
    }

    private static long clients(RedisProcess server) {
        return Commands.info(server, "clients", "connected_clients");
    }
}
