package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.codec.AesGcmValueCipher;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values in Redis that somebody or something has damaged. */
class DamagedValuesTest {

    private static final CachePolicy PLAIN = CachePolicy.of("plain", "plain:{id}")
            .withTags("t:{id}")
            .withLocal(CachePolicy.Local.OFF)
            .withValue(value(false));
    private static final CachePolicy SECRET = CachePolicy.of("secret", "secret:{id}")
            .withLocal(CachePolicy.Local.OFF)
            .withValue(value(true));
    /** Every so many damaged values one is loaded again. */
    private static final int REPLACED = 10;

    private final RedisProcess redis = RedisServers.standalone();
    private final TestNodes nodes = TestNodes.on(Arena.settings(redis.uri()), Arena.NAMESPACE);
    private final RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", redis.port()));
    private final StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
    private final RedisCommands<byte[], byte[]> commands = connection.sync();
    private final CacheManager node = nodes.start(builder ->
            builder.caches(PLAIN, SECRET).cipher(new AesGcmValueCipher(new byte[32], null, new SecureRandom())));
    private final Random random = new Random(12);

    /** What is stored. */
    record Account(String name, List<Integer> amounts) {}

    @AfterEach
    void close() {
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        nodes.close();
        redis.close();
    }

    @Test
    void everyDamagedValueIsACountedMissAndReplaced() {
        int written = 0;
        for (String name : List.of("plain", "secret")) {
            written += damage(name, "value", new Account("somebody", List.of(1, -20, 300)));
            written += damage(name, "null", null);
        }
        Figures.record("F12", "damaged values in Redis: detected of written", "100 %", written + " of " + written);
    }

    @Test
    void aDamagedValueIsRemovedByWhoeverReadsIt() {
        Cache<String, Account> cache = node.cache("plain", Account.class);
        cache.set("id", new Account("somebody", List.of()));
        byte[] key = key("plain", "id");
        byte[] damaged = commands.get(key);
        damaged[damaged.length - 1] ^= 1;
        commands.set(key, damaged);
        assertThat(cache.getIfPresent("id").isHit()).isFalse();
        Awaitility.await().until(() -> commands.exists(key) == 0);
    }

    /** Damages one value in every way, and reads it each time. */
    private int damage(String name, String id, Account value) {
        Cache<String, Account> cache = node.cache(name, Account.class);
        cache.set(id, value);
        byte[] key = key(name, id);
        byte[] good = commands.get(key);
        List<byte[]> all = damaged(good);
        for (int i = 0; i < all.size(); i++) {
            commands.set(key, all.get(i));
            long before = unreadable(name);
            assertThat(cache.getIfPresent(id).isHit())
                    .as(() -> name + ": damaged value taken for a good one")
                    .isFalse();
            assertThat(unreadable(name)).isEqualTo(before + 1);
            cache.getIfPresent("whose answer comes after that of the removal");
            if (i % REPLACED == 0) {
                assertThat(cache.get(id, (wanted, context) -> value)).isEqualTo(value);
                assertThat(cache.getIfPresent(id).isHit()).isTrue();
                assertThat(cache.getIfPresent(id).orElse(null)).isEqualTo(value);
            }
        }
        return all.size();
    }

    private List<byte[]> damaged(byte[] good) {
        List<byte[]> all = new ArrayList<>();
        for (int at = 0; at < good.length; at++) {
            for (int mask = 1; mask < 256; mask += Form.of(85, 1)) {
                byte[] flipped = good.clone();
                flipped[at] ^= (byte) mask;
                all.add(flipped);
            }
            all.add(Arrays.copyOf(good, at));
        }
        all.add(Arrays.copyOf(good, good.length + 1));
        all.add("somebody else's".getBytes(StandardCharsets.UTF_8));
        all.add("{\"name\":\"somebody\",\"amounts\":[]}".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 50; i++) {
            byte[] foreign = new byte[random.nextInt(2 * good.length)];
            random.nextBytes(foreign);
            all.add(foreign);
        }
        return all;
    }

    /** With room for every null that is loaded again. */
    private static CachePolicy.Value value(boolean encrypt) {
        return new CachePolicy.Value(true, encrypt, 1 << 20, Duration.ofSeconds(30), 1_000_000);
    }

    private long unreadable(String name) {
        return node.metrics().stats(name).loads().unreadable();
    }

    private static byte[] key(String name, String id) {
        return (Arena.NAMESPACE + ":" + name + ":" + id).getBytes(StandardCharsets.UTF_8);
    }
}
