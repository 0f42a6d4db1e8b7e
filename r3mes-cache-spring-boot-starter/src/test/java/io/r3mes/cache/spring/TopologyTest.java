package io.r3mes.cache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.CacheManager;
import io.r3mes.cache.spring.RedisTest.Block;
import io.r3mes.cache.spring.RedisTest.Blocks;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.RedisUser;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The starter with each kind of Redis that the application's own settings can name, all of them real. */
class TopologyTest {

    @Test
    void cachesInACluster() {
        try (RedisServers.Group cluster = RedisServers.cluster(3)) {
            String nodes = "127.0.0.1:" + cluster.server(0).port() + ",127.0.0.1:"
                    + cluster.server(1).port();
            sharesEntriesAndInvalidations("spring.data.redis.cluster.nodes=" + nodes);
        }
    }

    @Test
    void cachesBehindSentinels() {
        try (RedisServers.Group group = RedisServers.sentinel()) {
            sharesEntriesAndInvalidations(
                    "spring.data.redis.sentinel.master=main",
                    "spring.data.redis.sentinel.nodes=127.0.0.1:"
                            + group.server(2).port());
        }
    }

    @Test
    void cachesAsAUserWhoMayDoNothingElse() {
        try (RedisProcess redis = RedisServers.standalone()) {
            sharesEntriesAndInvalidations(
                    "spring.data.redis.port=" + redis.port(),
                    "spring.data.redis.username=" + RedisUser.CONTRACT.name(),
                    "spring.data.redis.password=" + RedisUser.CONTRACT.password(),
                    "r3mes.cache.namespace=test-user");
            List<Map<String, Object>> denied = RedisServers.command(redis, commands -> commands.aclLog());
            assertThat(denied).isEmpty();
        }
    }

    @Test
    void cachesOverTlsWithAnSslBundle(@TempDir Path directory) throws Exception {
        Certificate certificate = Certificate.create(directory);
        int port = RedisServers.freePort();
        try (RedisProcess redis = tls(port, certificate)) {
            sharesEntriesAndInvalidations(
                    "spring.ssl.bundle.pem.redis.truststore.certificate=file:" + certificate.certificate(),
                    "spring.data.redis.ssl.bundle=redis",
                    "spring.data.redis.host=localhost",
                    "spring.data.redis.port=" + port);
            assertThat(redis.port()).isNotEqualTo(port);
        }
    }

    @Test
    void trustsNoServerWhoseCertificateItDoesNotKnow(@TempDir Path directory) throws Exception {
        Certificate certificate = Certificate.create(directory);
        int port = RedisServers.freePort();
        try (RedisProcess redis = tls(port, certificate)) {
            contexts(
                            "spring.data.redis.ssl.enabled=true",
                            "spring.data.redis.port=" + port,
                            "r3mes.cache.defaults.local.degraded-ttl=0")
                    .run(context -> {
                        assertThat(context.getBean(Blocks.class).block(7)).isEqualTo(new Block(7, 1));
                        assertThat(context.getBean(Blocks.class).block(7)).isEqualTo(new Block(7, 2));
                        assertThat(context.getBean(CacheManager.class).status().connected())
                                .isFalse();
                    });
            assertThat(redis.port()).isNotEqualTo(port);
        }
    }

    private static RedisProcess tls(int port, Certificate certificate) {
        return RedisServers.standalone(
                "--tls-port",
                Integer.toString(port),
                "--tls-cert-file",
                certificate.certificate().toString(),
                "--tls-key-file",
                certificate.key().toString(),
                "--tls-ca-cert-file",
                certificate.certificate().toString(),
                "--tls-auth-clients",
                "no");
    }

    private static void sharesEntriesAndInvalidations(String... redis) {
        contexts(redis)
                .run(first -> contexts(redis).run(second -> {
                    awaitConnected(first.getBean(CacheManager.class));
                    awaitConnected(second.getBean(CacheManager.class));
                    Blocks one = first.getBean(Blocks.class);
                    Blocks two = second.getBean(Blocks.class);
                    for (int height = 0; height < 20; height++) {
                        Block loaded = one.block(height);
                        assertThat(two.block(height)).isEqualTo(loaded);
                    }
                    assertThat(two.calls()).as("all of them came from Redis").isZero();
                    two.reorganise();
                    assertThat(two.block(7)).isEqualTo(new Block(7, 1));
                    assertThat(two.calls()).isEqualTo(1);
                }));
    }

    private static ApplicationContextRunner contexts(String... redis) {
        return Contexts.redis()
                .withBean(Blocks.class)
                .withPropertyValues(
                        "r3mes.cache.namespace=test",
                        "r3mes.cache.command-timeout=2s",
                        "r3mes.cache.caches.block.key=block:{height}",
                        "r3mes.cache.caches.block.tags=chain")
                .withPropertyValues(redis);
    }

    private static void awaitConnected(CacheManager manager) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> manager.status().connected() && !manager.status().fenced());
    }
}
