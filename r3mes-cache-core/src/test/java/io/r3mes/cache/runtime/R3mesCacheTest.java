package io.r3mes.cache.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.codec.AesGcmValueCipher;
import io.r3mes.cache.codec.JacksonValueCodec;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Event;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class R3mesCacheTest {

    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}");

    @Test
    void keepsEverythingInMemoryUnlessToldOtherwise() {
        try (CacheManager manager = R3mesCache.builder().caches(POLICY).build()) {
            Cache<String, Integer> cache = manager.cache("c", Integer.class);
            Awaitility.await().until(() -> !manager.status().fenced());
            assertThat(cache.get("k", (id, context) -> 1)).isEqualTo(1);
            assertThat(cache.getIfPresent("k").isHit()).isTrue();
        }
    }

    @Test
    void refusesAStalenessShorterThanTwoBeats() {
        refuses(R3mesCache.builder().maxStaleness(Duration.ofMillis(199)), "max-staleness", "200ms");
        R3mesCache.builder().maxStaleness(Duration.ofMillis(200)).build().close();
    }

    @Test
    void refusesToRememberNothing() {
        refuses(R3mesCache.builder().maxRecords(0), "maxRecords", "at least 1");
        refuses(R3mesCache.builder().maxTagMembers(0), "tags.max-members", "at least 1");
    }

    @Test
    void refusesFewerReplicasThanNone() {
        refuses(R3mesCache.builder().minReplicas(-1), "invalidation.min-replicas", "set it to 0");
        R3mesCache.builder().minReplicas(0).build().close();
    }

    @Test
    void refusesANamespaceThatCannotBePartOfAKey() {
        RedisSettings settings = RedisSettings.standalone("redis://127.0.0.1:1");
        refuses(R3mesCache.builder().redis(settings).namespace("a b"), "'a b'", "letters, digits");
        refuses(R3mesCache.builder().redis(settings).namespace(""), "letters, digits");
    }

    @Test
    void refusesEncryptionWithoutAKey() {
        CachePolicy secret = POLICY.withValue(new CachePolicy.Value(true, true, 1_000));
        refuses(R3mesCache.builder().caches(secret), "'c'", "r3mes.cache.encryption.key");
        R3mesCache.builder()
                .caches(secret)
                .cipher(new AesGcmValueCipher(new byte[32], null, new SecureRandom()))
                .codec(new JacksonValueCodec())
                .build()
                .close();
    }

    @Test
    void refusesCachesThatContradictEachOther() {
        refuses(R3mesCache.builder().caches(POLICY, CachePolicy.of("d", "c:{other}")), "c:{id}", "c:{other}");
        refuses(R3mesCache.builder().caches(List.of(POLICY, POLICY)), "defined twice");
    }

    @Test
    void aManagerThatIsRefusedLeavesNoThreads() {
        RedisSettings settings = RedisSettings.standalone("redis://127.0.0.1:1");
        refuses(R3mesCache.builder().redis(settings).namespace("a b"), "'a b'");
        refuses(R3mesCache.builder().caches(POLICY, POLICY), "defined twice");
        Awaitility.await()
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("r3mes-cache-timer")));
    }

    @Test
    void startsWithoutRedis() {
        try (CacheManager manager = R3mesCache.builder()
                .redis(RedisSettings.standalone("redis://127.0.0.1:1"))
                .caches(POLICY)
                .build()) {
            Cache<String, Integer> cache = manager.cache("c", Integer.class);
            assertThat(cache.get("k", (id, context) -> 1)).isEqualTo(1);
            assertThat(manager.status().fenced()).isTrue();
        }
    }

    @Test
    void usesTheGivenExecutorAndLeavesItRunning() {
        ExecutorService executor = Executors.newSingleThreadExecutor(task -> new Thread(task, "the application's"));
        try (CacheManager manager =
                R3mesCache.builder().executor(executor).caches(POLICY).build()) {
            Cache<String, String> cache = manager.cache("c", String.class);
            assertThat(cache.async()
                            .get(
                                    "k",
                                    (id, context) -> CompletableFuture.completedFuture(
                                            Thread.currentThread().getName()))
                            .join())
                    .isEqualTo("the application's");
        }
        assertThat(executor.isShutdown()).isFalse();
        executor.shutdown();
    }

    @Test
    void tellsEveryObserver() {
        Told one = new Told(new CopyOnWriteArrayList<>());
        Told other = new Told(new CopyOnWriteArrayList<>());
        try (CacheManager manager = R3mesCache.builder()
                .observer(one)
                .observer(other)
                .caches(POLICY.withLocal(CachePolicy.Local.OFF))
                .build()) {
            Awaitility.await().until(() -> one.news().contains("fenced false"));
            Cache<String, Integer> cache = manager.cache("c", Integer.class);
            cache.get("k", (id, context) -> 1);
            cache.getIfPresent("k");
            cache.delete("k");
            assertThat(one.news()).contains("cache c", "miss c:k", "loaded c:k true", "remote c:k", "Keys[keys=[c:k]]");
        }
        assertThat(other.news()).containsAll(one.news());
    }

    private static void refuses(R3mesCache builder, String... message) {
        assertThatExceptionOfType(CacheConfigurationException.class)
                .isThrownBy(builder::build)
                .withMessageContainingAll(message);
    }

    /** Writes down what it is told. */
    private record Told(List<String> news) implements CacheObserver, CacheObserver.OfCache {

        @Override
        public OfCache cache(String name, LongSupplier localEntries) {
            news.add("cache " + name);
            return this;
        }

        @Override
        public void unavailable(String operation, Throwable cause) {
            news.add("unavailable " + operation);
        }

        @Override
        public void invalidated(Event event) {
            news.add(event.toString());
        }

        @Override
        public void fenced(boolean fenced) {
            news.add("fenced " + fenced);
        }

        @Override
        public void discontinuity(String reason) {
            news.add("discontinuity");
        }

        @Override
        public void replayed(int invalidations, Duration took) {
            news.add("replayed " + invalidations);
        }

        @Override
        public void localHit(String key, long startedAtNanos) {
            news.add("local " + key);
        }

        @Override
        public void remoteHit(String key, long startedAtNanos) {
            news.add("remote " + key);
        }

        @Override
        public void miss(String key, long startedAtNanos) {
            news.add("miss " + key);
        }

        @Override
        public void joined(String key) {
            news.add("joined " + key);
        }

        @Override
        public void loaded(String key, long startedAtNanos, boolean succeeded) {
            news.add("loaded " + key + " " + succeeded);
        }

        @Override
        public void unreadable(String key, Throwable cause) {
            news.add("unreadable " + key);
        }
    }
}
