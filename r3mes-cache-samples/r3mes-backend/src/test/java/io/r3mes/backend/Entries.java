package io.r3mes.backend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;

/** The entries of the cache as a bystander sees them in Redis. */
final class Entries implements AutoCloseable {

    private static final double JITTER = 0.1;
    private static final Duration SLACK = Duration.ofSeconds(3);

    private final RedisClient client;
    private final RedisCommands<String, byte[]> redis;

    Entries(String url) {
        client = RedisClient.create(url);
        redis = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE))
                .sync();
    }

    boolean exists(String key) {
        return redis.exists(redisKey(key)) == 1;
    }

    String bytes(String key) {
        return new String(redis.get(redisKey(key)), ISO_8859_1);
    }

    void awaitPresent(String key) {
        await().until(() -> exists(key));
    }

    void awaitAbsent(String key) {
        await().until(() -> !exists(key));
    }

    /** The entry was stored within the last seconds and lives as long as its cache says, shortened by the jitter. */
    void assertLives(String key, Duration ttl) {
        assertThat(exists(key)).as(key).isTrue();
        assertThat(redis.pttl(redisKey(key)))
                .as("remaining life of " + key)
                .isGreaterThan((long) (ttl.toMillis() * (1 - JITTER)) - SLACK.toMillis())
                .isLessThanOrEqualTo(ttl.toMillis());
    }

    /** Redis answers nobody for that long. */
    void pauseRedis(Duration time) {
        redis.clientPause(time.toMillis());
    }

    @Override
    public void close() {
        client.shutdown();
    }

    private static String redisKey(String key) {
        return "r3mes:" + key;
    }
}
