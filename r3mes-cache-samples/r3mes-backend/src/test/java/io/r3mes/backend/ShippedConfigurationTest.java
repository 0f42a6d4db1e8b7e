package io.r3mes.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.r3mes.backend.embedded.TestRedis;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.KeyTemplate;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code application.yml} says, and that the schedules in it run. */
@ExtendWith(Cluster.Extension.class)
class ShippedConfigurationTest {

    private final Cluster cluster;

    ShippedConfigurationTest(Cluster cluster) {
        this.cluster = cluster;
    }

    @ParameterizedTest
    @CsvSource({
        "user-info,      user:info:{wallet},       300,  user:{wallet}",
        "user-credits,   user:credits:{wallet},    300,  user:{wallet}",
        "miner-stats,    miner:stats:{wallet},     60,   user:{wallet} miner",
        "miner-earnings, miner:earnings:{wallet},  600,  user:{wallet} miner",
        "miner-hashrate, miner:hashrate:{wallet},  600,  user:{wallet} miner",
        "network-stats,  network:stats,            60,   chain",
        "block-height,   block:height,             10,   chain",
        "block-recent,   block:recent,             30,   chain",
        "api-key,        api:key:{sha256(apiKey)}, 3600, ''"
    })
    void eachCacheHasTheKeyTimeAndTagsOfTheTable(String name, String key, long seconds, String tags) {
        CachePolicy policy = cluster.first().bean(CacheManager.class).policy(name);

        assertThat(policy.key().text()).isEqualTo(key);
        assertThat(policy.expiry()).isEqualTo(new CachePolicy.Expiry(Duration.ofSeconds(seconds), 0.1, 0));
        assertThat(String.join(
                        " ", policy.tags().stream().map(KeyTemplate::text).toList()))
                .isEqualTo(tags);
        assertThat(policy.value().encrypt()).isEqualTo(name.equals("api-key"));
    }

    @Test
    void theTableHasNineCaches() {
        assertThat(cluster.first().bean(CacheManager.class).cacheNames()).hasSize(9);
    }

    @Test
    void startUpAndSchedulesWarmTheChain() {
        try (TestRedis redis = TestRedis.running();
                Entries entries = new Entries(redis.url());
                Backend backend = Backend.start(database(), "--spring.data.redis.url=" + redis.url())) {
            entries.awaitPresent("network:stats");
            entries.awaitPresent("block:height");
            entries.awaitPresent("block:recent");
            assertThat(backend.setting("r3mes.cache.caches.network-stats.warm.every"))
                    .isEqualTo("5m");
            assertThat(backend.setting("r3mes.cache.caches.block-height.warm.every"))
                    .isEqualTo("10s");
            assertThat(backend.setting("r3mes.cache.caches.block-recent.warm.every"))
                    .isEqualTo("30s");

            backend.invalidator().invalidateKey("block:height");
            await().atMost(Duration.ofSeconds(25)).until(() -> entries.exists("block:height"));
        }
    }

    @Test
    void everyScheduleWarmsItsOwnCache() {
        try (TestRedis redis = TestRedis.running();
                Entries entries = new Entries(redis.url());
                Backend backend = Backend.start(
                        database(),
                        "--spring.data.redis.url=" + redis.url(),
                        "--r3mes.cache.caches.network-stats.warm.every=1s",
                        "--r3mes.cache.caches.block-recent.warm.every=1s")) {
            entries.awaitPresent("network:stats");
            entries.awaitPresent("block:recent");
            backend.invalidator().invalidateByPattern("*").removed().join();
            entries.awaitPresent("network:stats");
            entries.awaitPresent("block:recent");
        }
    }

    @Test
    void blocksAreProducedAtTheirInterval() {
        try (TestRedis redis = TestRedis.running();
                Backend backend =
                        Backend.startProducing("200ms", database(), "--spring.data.redis.url=" + redis.url())) {
            long height = height(backend);
            await().until(() -> height(backend) >= height + 3);
            assertThat(backend.get("/api/network/stats").json().get("height").asLong())
                    .isGreaterThan(height);
        }
        cluster.first().invalidator().invalidateAll().awaitEverywhere(Duration.ofSeconds(5));
    }

    private Map<String, Object> database() {
        return Map.of("spring.datasource.url", cluster.servers().properties().get("spring.datasource.url"));
    }

    private static long height(Backend backend) {
        return backend.get("/api/blocks/height").json().get("height").asLong();
    }
}
