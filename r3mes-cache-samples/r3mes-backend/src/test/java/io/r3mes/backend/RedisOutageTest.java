package io.r3mes.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.r3mes.backend.Backend.Answer;
import io.r3mes.backend.embedded.TestRedis;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Without Redis the application answers from the database. */
@ExtendWith(Cluster.Extension.class)
class RedisOutageTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Map<String, Object> database;

    RedisOutageTest(Cluster cluster) {
        database =
                Map.of("spring.datasource.url", cluster.servers().properties().get("spring.datasource.url"));
    }

    @Test
    void readsAndWritesGoOnWhileRedisIsAwayAndAreCachedAgainAfterwards() {
        try (TestRedis redis = TestRedis.running();
                Backend backend = start(redis)) {
            backend.get("/api/users/wallet300/credits");
            await().atMost(LIMIT)
                    .until(() ->
                            backend.get("/api/users/wallet300/credits").cache().equals("HIT"));

            redis.close();
            long credits = credits(backend);
            assertThat(backend.post("/api/users/wallet300/credits/add?amount=3").status())
                    .isEqualTo(200);
            assertThat(credits(backend)).isEqualTo(credits + 3);
            assertThat(backend.get("/api/network/stats").status()).isEqualTo(200);
            assertThat(backend.post("/api/login/wallet300").status()).isEqualTo(204);
            Answer receipt = backend.post("/api/cache/invalidate?tag=chain");
            assertThat(receipt.json().get("pending").asBoolean()).isTrue();

            redis.start();
            await().atMost(LIMIT)
                    .until(() ->
                            backend.get("/api/users/wallet300/credits").cache().equals("HIT"));
            assertThat(credits(backend)).isEqualTo(credits + 3);
        }
    }

    @Test
    void startsWithoutRedisAndCachesWhenItAppears() {
        try (TestRedis redis = TestRedis.absent();
                Backend backend = start(redis)) {
            Answer answer = backend.get("/api/users/wallet301");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().get("name").asString()).isEqualTo("User 301");

            redis.start();

            try (Entries entries = new Entries(redis.url())) {
                await().atMost(LIMIT).until(() -> {
                    backend.get("/api/users/wallet301");
                    return entries.exists("user:info:wallet301");
                });
            }
            assertThat(backend.get("/api/users/wallet301").cache()).isEqualTo("HIT");
        }
    }

    private Backend start(TestRedis redis) {
        return Backend.start(database, "--spring.data.redis.url=" + redis.url());
    }

    private static long credits(Backend backend) {
        return backend.get("/api/users/wallet300/credits").json().get("credits").asLong();
    }
}
