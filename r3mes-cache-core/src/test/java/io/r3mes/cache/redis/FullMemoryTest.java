package io.r3mes.cache.redis;

import static io.r3mes.cache.testing.Await.failure;
import static io.r3mes.cache.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.TagIndex;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a Redis that is out of memory and evicts nothing does for each port. */
class FullMemoryTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Lease HELD = new Lease("user:info:held", "token", LONG);
    private static final String STORED = "user:info:stored";
    private static final List<String> TAGS = List.of("user:w1");

    private final RedisProcess server = RedisServers.standalone();
    private final RedisAdapter adapter = RedisAdapter.create(settings(), RedisNamespace.of("test"));
    private final RemoteStore store = adapter.remoteStore();
    private final InvalidationLog log = adapter.invalidationLog();
    private final TagIndex tagIndex = adapter.tagIndex();

    @BeforeEach
    void connect() {
        result(adapter.connect());
    }

    @AfterEach
    void close() {
        adapter.close();
        server.close();
    }

    @Test
    void removesAndReadsButTakesNothingNew() {
        put(STORED);
        put("user:info:other");
        result(tagIndex.add(STORED, TAGS, LONG));
        result(store.acquire(HELD));
        fill();
        assertThat(result(store.get(STORED))).isNotNull();
        assertThat(result(store.renew(HELD))).isTrue();
        assertRefused(store.store(HELD, value(), LONG));
        assertRefused(store.acquire(new Lease("user:info:new", "token", LONG)));
        assertRefused(store.takeOver(new Lease("user:info:new", "token", LONG)));
        assertRefused(tagIndex.add("user:info:new", TAGS, LONG));
        assertThat(result(store.unlinkKeeping(HELD))).isFalse();
        assertThat(result(store.release(HELD))).isTrue();
        assertThat(result(store.unlink(STORED))).isTrue();
        assertThat(result(store.unlinkBornBefore("user:info:other", Long.MAX_VALUE))
                        .removed())
                .isTrue();
        List<String> parts = result(tagIndex.detach(TAGS.get(0)));
        assertThat(parts).hasSize(1);
        assertThat(result(tagIndex.take(parts.get(0), 10))).containsExactly(STORED);
    }

    @Test
    void keepsTheLog() {
        long before = result(log.head(0)).position();
        fill();
        assertThat(result(log.beat(beat("n1"))).position()).isEqualTo(before);
        for (Event event : List.of(
                new Event.Keys(List.of(STORED)), new Event.Tags(TAGS), new Event.Pattern("user:*"), new Event.All())) {
            long after = result(log.append(Append.of(event, before))).position();
            assertThat(after).isGreaterThan(before);
            before = after;
        }
        assertThat(result(log.read(0, 10, Duration.ZERO))).hasSize(5);
        assertThat(result(log.marks(List.of("a tag without a stamp"), 0)).newestTag())
                .isEqualTo(before);
        assertThat(result(log.nodes()).states()).hasSize(1);
        assertThat(failure(log.leave("n1"))).isNull();
    }

    @Test
    void beginsALog() {
        fill();
        assertThat(result(log.head(0)).position()).isPositive();
        assertThat(result(log.beat(beat("n1"))).position()).isPositive();
    }

    private void fill() {
        RedisServers.command(server, redis -> redis.configSet("maxmemory", "1"));
    }

    private void put(String key) {
        Lease lease = new Lease(key, "token", LONG);
        result(store.acquire(lease));
        assertThat(result(store.store(lease, value(), LONG))).isTrue();
    }

    private static void assertRefused(CompletionStage<?> operation) {
        assertThat(failure(operation)).hasMessageContaining("OOM ");
    }

    private static InvalidationLog.NodeBeat beat(String node) {
        return new InvalidationLog.NodeBeat(node, 0, Duration.ofMillis(500));
    }

    private static byte[] value() {
        return "value".getBytes(StandardCharsets.UTF_8);
    }

    private RedisSettings settings() {
        return new RedisSettings(
                Topology.STANDALONE, List.of(RedisURI.create(server.uri())), Duration.ofSeconds(2), null, null);
    }
}
