package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.Lookup;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** An invalidation that Redis did not acknowledge counts on its node from the call on. */
class PendingInvalidationsTest {

    @Test
    void nodeThatNeverReachedTheLogHonoursItsInvalidationOnceReadsWork() {
        AtomicBoolean silent = new AtomicBoolean(true);
        AtomicBoolean refusesAppends = new AtomicBoolean(true);
        try (EngineFixture nodes = new EngineFixture()) {
            EngineFixture.cache(nodes.start(EngineFixture.policy())).set("a", 1L);
            CacheEngine node = nodes.start(
                    EngineFixture.policy(),
                    (method, arguments) -> silent.get() || (method.equals("unlink") && refusesAppends.get())
                            ? EngineFixture.failed()
                            : null,
                    (method, arguments) -> silent.get() || (method.equals("append") && refusesAppends.get())
                            ? EngineFixture.failed()
                            : null,
                    nodes.threads);
            Cache<String, Long> cache = EngineFixture.cache(node);
            Invalidation pending = cache.delete("a");
            assertThat(pending.isPending()).isTrue();

            silent.set(false);

            Awaitility.await()
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> !node.status().fenced());
            assertThat(cache.getIfPresent("a")).isEqualTo(Lookup.<Long>miss());
            refusesAppends.set(false);
            Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> !pending.isPending());
            cache.get("a", (id, context) -> 2L);
            assertThat(cache.getIfPresent("a").orElse(null)).isEqualTo(2L);
        }
    }
}
