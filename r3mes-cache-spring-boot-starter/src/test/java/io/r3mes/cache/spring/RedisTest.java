package io.r3mes.cache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CoherenceStatus;
import io.r3mes.cache.testing.RedisServers;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.core.StringRedisTemplate;
import redis.embedded.RedisServer;

/** The starter with a real Redis, reached through the application's own settings. */
@ExtendWith(OutputCaptureExtension.class)
class RedisTest {

    private static ApplicationContextRunner contexts(int port) {
        return Contexts.redis()
                .withBean(Blocks.class)
                .withPropertyValues(
                        "spring.data.redis.port=" + port,
                        "r3mes.cache.namespace=test",
                        "r3mes.cache.command-timeout=2s",
                        "r3mes.cache.caches.block.key=block:{height}",
                        "r3mes.cache.caches.block.tags=chain");
    }

    private static RedisServer server(int port) throws IOException {
        return RedisServer.builder()
                .port(port)
                .setting("save \"\"")
                .setting("appendonly no")
                .build();
    }

    private static void awaitConnected(CacheManager manager) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> manager.status().connected() && !manager.status().fenced());
    }

    @Test
    void cachesInTheApplicationsRedis(CapturedOutput output) throws IOException {
        int port = RedisServers.freePort();
        RedisServer server = server(port);
        server.start();
        try {
            contexts(port).run(context -> {
                CacheManager manager = context.getBean(CacheManager.class);
                awaitConnected(manager);
                Blocks blocks = context.getBean(Blocks.class);
                assertThat(blocks.block(7)).isEqualTo(new Block(7, 1));
                StringRedisTemplate redis = context.getBean(StringRedisTemplate.class);
                assertThat(redis.hasKey("test:block:7")).isTrue();
                assertThat(blocks.block(7)).isEqualTo(new Block(7, 1));
                blocks.reorganise();
                assertThat(blocks.block(7)).isEqualTo(new Block(7, 2));
                assertThat(output).contains("r3mes-cache: 1 cache, Redis standalone, 0 warmers");
                assertThat(context.getBean("r3mesCacheHealthIndicator", HealthIndicator.class)
                                .health()
                                .getStatus())
                        .isEqualTo(Status.UP);
            });
        } finally {
            server.stop();
        }
    }

    @Test
    void twoNodesShareEntriesAndInvalidations() throws IOException {
        int port = RedisServers.freePort();
        RedisServer server = server(port);
        server.start();
        try {
            contexts(port)
                    .run(first -> contexts(port).run(second -> {
                        awaitConnected(first.getBean(CacheManager.class));
                        awaitConnected(second.getBean(CacheManager.class));
                        Blocks one = first.getBean(Blocks.class);
                        Blocks two = second.getBean(Blocks.class);
                        assertThat(one.block(7)).isEqualTo(new Block(7, 1));
                        assertThat(two.block(7)).isEqualTo(new Block(7, 1));
                        assertThat(two.calls()).isZero();
                        two.reorganise();
                        assertThat(two.block(7)).isEqualTo(new Block(7, 1));
                        assertThat(two.calls()).isEqualTo(1);
                        assertThat(one.calls()).isEqualTo(1);
                    }));
        } finally {
            server.stop();
        }
    }

    @Test
    void startsWithoutRedisAndCachesWhenItAppears() throws IOException {
        int port = RedisServers.freePort();
        contexts(port).withPropertyValues("r3mes.cache.command-timeout=200ms").run(context -> {
            assertThat(context).hasNotFailed();
            Blocks blocks = context.getBean(Blocks.class);
            assertThat(blocks.block(7)).isEqualTo(new Block(7, 1));
            blocks.reorganise();
            assertThat(blocks.block(7)).isEqualTo(new Block(7, 2));
            HealthIndicator health = context.getBean("r3mesCacheHealthIndicator", HealthIndicator.class);
            assertThat(health.health().getStatus().getCode()).isEqualTo("DEGRADED");
            assertThat(health.health().getDetails())
                    .containsEntry("connected", false)
                    .containsKey("openCircuits");

            RedisServer server = server(port);
            server.start();
            try {
                CacheManager manager = context.getBean(CacheManager.class);
                awaitConnected(manager);
                Awaitility.await().until(() -> {
                    Block first = blocks.block(8);
                    return blocks.block(8).equals(first);
                });
                assertThat(context.getBean(StringRedisTemplate.class).hasKey("test:block:8"))
                        .isTrue();
                assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            } finally {
                server.stop();
            }
        });
    }

    @Test
    void sendsWriteBehindInvalidationsBeforeItEnds() throws IOException {
        int port = RedisServers.freePort();
        RedisServer server = server(port);
        server.start();
        try {
            contexts(port).run(reader -> {
                CacheManager manager = reader.getBean(CacheManager.class);
                awaitConnected(manager);
                Blocks blocks = reader.getBean(Blocks.class);
                blocks.block(7);
                long[] before = new long[1];
                contexts(port).run(writer -> {
                    awaitConnected(writer.getBean(CacheManager.class));
                    before[0] = manager.status().position();
                    for (int i = 0; i < 200; i++) {
                        writer.getBean(Blocks.class).reorganiseBehind();
                    }
                });
                Awaitility.await().until(() -> {
                    CoherenceStatus status = manager.status();
                    return status.position() >= before[0] + 200;
                });
                assertThat(blocks.block(7)).isEqualTo(new Block(7, 2));
            });
        } finally {
            server.stop();
        }
    }

    record Block(int height, int load) {}

    static class Blocks {

        private final AtomicInteger calls = new AtomicInteger();

        public int calls() {
            return calls.get();
        }

        @R3mesCacheable("block")
        public Block block(int height) {
            return new Block(height, calls.incrementAndGet());
        }

        @R3mesCacheInvalidate(tags = "chain")
        public void reorganise() {}

        @R3mesCacheInvalidate(tags = "chain", async = true)
        public void reorganiseBehind() {}
    }
}
