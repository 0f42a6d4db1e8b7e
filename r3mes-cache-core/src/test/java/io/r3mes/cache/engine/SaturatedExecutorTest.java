package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An executor that takes no more work costs neither an answer nor a lease. */
class SaturatedExecutorTest {

    private final AtomicBoolean saturated = new AtomicBoolean();

    @Test
    void asynchronousInvalidationCompletes() throws Exception {
        try (EngineFixture nodes = new EngineFixture()) {
            CacheEngine node = start(nodes, EngineFixture.letThrough());
            saturated.set(true);
            assertThat(node.invalidator()
                            .invalidateKeyAsync("version:a")
                            .get(2, TimeUnit.SECONDS)
                            .isPending())
                    .isFalse();
        }
    }

    @Test
    void asynchronousReadFailsThroughItsFuture() {
        try (EngineFixture nodes = new EngineFixture()) {
            Cache<String, Long> cache = EngineFixture.cache(start(nodes, EngineFixture.letThrough()));
            saturated.set(true);
            assertThat(cache.async().get("a", (id, context) -> CompletableFuture.completedFuture(1L)))
                    .failsWithin(java.time.Duration.ofSeconds(2))
                    .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                    .withCauseInstanceOf(RejectedExecutionException.class);
        }
    }

    @Test
    void leaseOfALoadThatCouldNotGoOnIsGivenUp() {
        AtomicInteger releases = new AtomicInteger();
        try (EngineFixture nodes = new EngineFixture()) {
            Cache<String, Long> cache = EngineFixture.cache(start(nodes, (method, arguments) -> {
                if (method.equals("release")) {
                    releases.incrementAndGet();
                }
                return null;
            }));
            CompletableFuture<Void> started = new CompletableFuture<>();
            CompletableFuture<Long> loaded = new CompletableFuture<>();
            CompletableFuture<Long> read = cache.async().get("a", (id, context) -> {
                started.complete(null);
                return loaded;
            });
            started.join();
            saturated.set(true);
            loaded.complete(1L);
            assertThat(read).failsWithin(java.time.Duration.ofSeconds(2));
            saturated.set(false);
            assertThat(releases).hasValue(1);
        }
    }

    private CacheEngine start(EngineFixture nodes, EngineFixture.Interception onStore) {
        return nodes.start(EngineFixture.policy(), onStore, EngineFixture.letThrough(), task -> {
            if (saturated.get()) {
                throw new RejectedExecutionException("full");
            }
            nodes.threads.execute(task);
        });
    }
}
