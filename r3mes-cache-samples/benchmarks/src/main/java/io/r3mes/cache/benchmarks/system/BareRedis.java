package io.r3mes.cache.benchmarks.system;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.r3mes.cache.benchmarks.fixture.Profile;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the cache is built on, as a careful user would call it: one Lettuce connection shared by all threads, and Jackson
 * bound to the record. Jackson 3's defaults are the settings that the cache's codec has.
 */
final class BareRedis implements AutoCloseable {

    private static final int AT_ONCE = 256;
    private static final int MOST_WAITING = 4_096;
    private static final SetArgs EXPIRY = SetArgs.Builder.ex(Arena.TTL);

    private final RedisClient client;
    private final StatefulRedisConnection<String, byte[]> connection;
    private final ObjectReader reader;
    private final ObjectWriter writer;

    BareRedis(String uri) {
        client = RedisClient.create(uri);
        connection = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
        JsonMapper mapper = JsonMapper.builder().build();
        reader = mapper.readerFor(Profile.class);
        writer = mapper.writerFor(Profile.class);
    }

    /** A key as long as that of the cache. */
    static String key(String wallet) {
        return "bare-redis:profile:" + wallet;
    }

    @Nullable Profile get(String wallet) {
        byte[] bytes = connection.sync().get(key(wallet));
        return bytes == null ? null : reader.<Profile>readValue(bytes);
    }

    void set(String wallet, Profile profile) {
        connection.sync().set(key(wallet), writer.writeValueAsBytes(profile), EXPIRY);
    }

    Map<String, Profile> getAll(List<String> wallets) {
        String[] keys = wallets.stream().map(BareRedis::key).toArray(String[]::new);
        List<KeyValue<String, byte[]>> found = connection.sync().mget(keys);
        Map<String, Profile> profiles = new LinkedHashMap<>();
        for (int i = 0; i < keys.length; i++) {
            profiles.put(wallets.get(i), reader.readValue(found.get(i).getValue()));
        }
        return profiles;
    }

    /** Sends all as a pipeline, some at a time, and reads answers while it sends. */
    void setAll(List<String> wallets) throws Exception {
        Deque<RedisFuture<String>> waiting = new ArrayDeque<>(MOST_WAITING);
        connection.setAutoFlushCommands(false);
        for (int i = 0; i < wallets.size(); i++) {
            String wallet = wallets.get(i);
            waiting.add(connection.async().set(key(wallet), writer.writeValueAsBytes(Profile.of(wallet)), EXPIRY));
            if (i % AT_ONCE == AT_ONCE - 1) {
                connection.flushCommands();
            }
            if (waiting.size() == MOST_WAITING) {
                waiting.remove().get(1, TimeUnit.MINUTES);
            }
        }
        connection.flushCommands();
        connection.setAutoFlushCommands(true);
        for (RedisFuture<String> answer : waiting) {
            answer.get(1, TimeUnit.MINUTES);
        }
    }

    void ping() {
        connection.sync().ping();
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
