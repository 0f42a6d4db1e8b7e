package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.memory.MemoryAdapter;
import io.r3mes.cache.runtime.R3mesCache;
import io.r3mes.cache.spi.Lease;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A manager that closes leaves nobody waiting. */
class LateCallsTest {

    private final MemoryAdapter shared = R3mesCache.memory();
    private final CacheManager manager = R3mesCache.builder()
            .inMemory(shared)
            .caches(EngineFixture.waiting(Duration.ofSeconds(1)))
            .build();

    @Test
    void waitForPositionEndsAfterItsTimeoutOnAClosedManager() throws Exception {
        manager.close();
        assertThat(CompletableFuture.supplyAsync(() -> manager.awaitApplied(Long.MAX_VALUE, Duration.ofMillis(50)))
                        .get(5, TimeUnit.SECONDS))
                .isFalse();
    }

    @Test
    void callerThatWaitsForALeaseGoesOnWhenTheManagerCloses() throws Exception {
        shared.remoteStore().acquire(new Lease("version:a", "other", Duration.ofMinutes(1)));
        Cache<String, Long> cache = manager.cache(EngineFixture.CACHE, Long.class);
        CompletableFuture<Long> read = CompletableFuture.supplyAsync(() -> cache.get("a", (id, context) -> 1L));
        assertThat(manager.awaitApplied(Long.MAX_VALUE, Duration.ofMillis(100))).isFalse();
        manager.close();
        assertThat(read.get(5, TimeUnit.SECONDS)).isEqualTo(1L);
    }

    @Test
    void ttlBeyondTheLimitIsRefusedInTheLoader() {
        try (CacheManager open = manager) {
            Cache<String, Long> cache = open.cache(EngineFixture.CACHE, Long.class);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cache.get("a", (id, context) -> {
                        context.ttl(Duration.ofDays(200_000));
                        return 1L;
                    }));
        }
    }
}
