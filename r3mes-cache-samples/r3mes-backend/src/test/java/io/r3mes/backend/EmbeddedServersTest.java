package io.r3mes.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The application brings the servers that are not configured, and only those. */
@ExtendWith(Cluster.Extension.class)
class EmbeddedServersTest {

    @Test
    void startsBothServersWithoutConfigurationAndStopsThem() {
        URI redis;
        URI postgres;
        try (Backend backend = Backend.start(Map.of())) {
            redis = URI.create(backend.setting("spring.data.redis.url"));
            postgres = URI.create(backend.setting("spring.datasource.url").substring("jdbc:".length()));
            assertThat(backend.get("/api/users/wallet123").status()).isEqualTo(200);
        }

        assertThatThrownBy(() -> new Socket("127.0.0.1", redis.getPort()).close())
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> new Socket("127.0.0.1", postgres.getPort()).close())
                .isInstanceOf(IOException.class);
    }

    @Test
    void startsOnlyTheServerThatIsNotConfigured(Cluster cluster) {
        Object database = cluster.servers().properties().get("spring.datasource.url");

        try (Backend backend = Backend.start(Map.of("spring.datasource.url", database))) {
            assertThat(backend.setting("spring.datasource.url")).isEqualTo(database);
            assertThat(backend.setting("spring.data.redis.url"))
                    .startsWith("redis://127.0.0.1:")
                    .isNotEqualTo(cluster.servers().redisUrl());
        }
    }

    @Test
    void startsNoRedisForACacheInMemory(Cluster cluster) {
        Object database = cluster.servers().properties().get("spring.datasource.url");

        try (Backend backend =
                Backend.start(Map.of("spring.datasource.url", database, "r3mes.cache.mode", "in-memory"))) {
            assertThat(backend.setting("spring.data.redis.url")).isNull();
            assertThat(backend.get("/api/users/wallet123").cache()).isEqualTo("MISS");
            assertThat(backend.get("/api/users/wallet123").cache()).isEqualTo("HIT");
        }
    }

    @Test
    void usesTheServersThatAreConfigured(Cluster cluster) {
        String database = (String) cluster.servers().properties().get("spring.datasource.url");

        assertThat(cluster.first().setting("spring.datasource.url")).isEqualTo(database);
        assertThat(cluster.second().setting("spring.datasource.url")).isEqualTo(database);
        assertThat(cluster.second().setting("spring.data.redis.url"))
                .isEqualTo(cluster.servers().redisUrl());
    }
}
