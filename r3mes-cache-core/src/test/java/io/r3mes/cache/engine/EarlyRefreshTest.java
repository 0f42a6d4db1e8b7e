package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.engine.Lab.LabNode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads that start the earlier by chance the longer they take. */
class EarlyRefreshTest {

    private static final int KEYS = 400;
    private static final Duration TTL = Duration.ofSeconds(100);
    private static final CachePolicy NEAR = CachePolicy.of("c", "c:{id}")
            .withExpiry(new CachePolicy.Expiry(TTL, 0, 0, 1))
            .withLoad(CachePolicy.Load.DEFAULT.withLimit(0, false))
            .withLocal(new CachePolicy.Local(true, 1_000, Duration.ofHours(1)));
    private static final CachePolicy REMOTE = NEAR.withLocal(CachePolicy.Local.OFF);

    private final Lab lab = new Lab();
    private final AtomicInteger ahead = new AtomicInteger();

    @AfterEach
    void close() {
        lab.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void startsAsEarlyAsTheLoadTookOnAverage(boolean near) {
        Cache<String, Integer> cache = loadedIn(Duration.ofSeconds(1), near ? NEAR : REMOTE);
        lab.time.advance(TTL.minusSeconds(11));
        readAll(cache);
        assertThat(ahead)
                .as("10 times the load's time before the expiry: 1 of 22,000")
                .hasValueLessThan(2);
        lab.time.advance(Duration.ofSeconds(10));
        readAll(cache);
        assertThat(ahead).as("1 time before it: 37 of 100").hasValueBetween(KEYS / 4, KEYS / 2);
    }

    @Test
    void aCopyHasOneMomentHoweverOftenItIsRead() {
        Cache<String, Integer> cache = loadedIn(Duration.ofSeconds(1), NEAR);
        lab.time.advance(TTL.minusSeconds(1));
        readAll(cache);
        int first = ahead.get();
        readAll(cache);
        assertThat(ahead).hasValue(first);
    }

    @Test
    void theTimeThatTheLoadTookIsKnownToOtherNodes() {
        loadedIn(Duration.ofSeconds(1), NEAR);
        Cache<String, Integer> other = lab.node(NEAR).engine().cache("c", Integer.class);
        readAll(other);
        lab.time.advance(TTL.minusSeconds(1));
        readAll(other);
        assertThat(ahead).hasValueBetween(KEYS / 4, KEYS / 2);
    }

    @Test
    void startsNoLoadForAValueWhoseLoadTookNoTimeOrWasNone() {
        Cache<String, Integer> cache = loadedIn(Duration.ZERO, NEAR);
        cache.set("written", 1);
        lab.time.advance(TTL.minusMillis(10));
        readAll(cache);
        read(cache, "written");
        assertThat(ahead).hasValue(0);
    }

    @Test
    void startsNoLaterThanTheShareOfTheTtl() {
        Cache<String, Integer> cache =
                loadedIn(Duration.ofMillis(1), NEAR.withExpiry(new CachePolicy.Expiry(TTL, 0, 0.2, 1)));
        lab.time.advance(Duration.ofSeconds(81));
        readAll(cache);
        assertThat(ahead).hasValue(KEYS);
    }

    @Test
    void aLoadTimeIsKeptToOnePartInTwenty() {
        for (double nanos = 2e5; nanos < 1e12; nanos *= 1.07) {
            assertThat(LoadTime.nanos(LoadTime.of((long) nanos))).isCloseTo(nanos, withPercentage(5));
        }
        assertThat(LoadTime.of(0)).isNotEqualTo(LoadTime.UNKNOWN);
        assertThat(LoadTime.of(Long.MAX_VALUE)).isEqualTo((byte) 255);
        assertThat(LoadTime.nanos(LoadTime.UNKNOWN)).isZero();
    }

    private Cache<String, Integer> loadedIn(Duration loadTime, CachePolicy policy) {
        LabNode node = lab.node(policy);
        Cache<String, Integer> cache = node.engine().cache("c", Integer.class);
        CompletableFuture<Integer> loading = new CompletableFuture<>();
        for (int i = 0; i < KEYS; i++) {
            cache.async().get("k" + i, (id, context) -> loading);
        }
        lab.time.advance(loadTime);
        loading.complete(1);
        return cache;
    }

    private void readAll(Cache<String, Integer> cache) {
        for (int i = 0; i < KEYS; i++) {
            read(cache, "k" + i);
        }
    }

    private void read(Cache<String, Integer> cache, String key) {
        assertThat(cache.async().get(key, (id, context) -> {
                    ahead.incrementAndGet();
                    return new CompletableFuture<>();
                }))
                .isCompletedWithValue(1);
    }
}
