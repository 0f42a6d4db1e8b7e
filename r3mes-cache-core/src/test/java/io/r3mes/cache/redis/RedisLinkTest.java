package io.r3mes.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.redis.RedisClients.Use;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.testing.Await;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RedisLinkTest {

    private final List<Runnable> closing = new ArrayList<>();

    @AfterEach
    void close() {
        closing.forEach(Runnable::run);
    }

    @Test
    void opensAfterAnotherThatTakesLonger() {
        try (RedisProcess server = RedisServers.standalone();
                RedisProcess late = RedisServers.prepared()) {
            RedisLink earlier = link(Use.INVALIDATIONS, late);
            RedisLink link = link(Use.COMMANDS, server);
            link.opensAfter(earlier);
            CompletionStage<Boolean> inOrder = link.connect()
                    .thenApply(open -> earlier.connect().toCompletableFuture().isDone());
            Await.result(link(Use.LOG_READER, server).connect());
            late.start();
            assertThat(Await.result(inOrder)).isTrue();
        }
    }

    private RedisLink link(Use use, RedisProcess server) {
        RedisClients clients = new RedisClients(RedisPorts.settings(Topology.STANDALONE, server.uri()), () -> 0);
        RedisLink link = new RedisLink(use, clients, () -> 0);
        closing.add(() -> clients.closeAfter(link.close()));
        return link;
    }
}
