package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Invalidation;
import io.r3mes.cache.spi.RemoteStore.Reclaimed;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a caller does with the count of an invalidation does not hold up the thread that Redis answers on. */
class CountHandOverTest {

    @Test
    void tellsTheCountOnTheExecutor() throws Exception {
        CompletableFuture<Reclaimed> answer = new CompletableFuture<>();
        try (EngineFixture nodes = new EngineFixture()) {
            var executor = Executors.newSingleThreadExecutor(task -> new Thread(task, "executor"));
            CacheEngine node = nodes.start(
                    EngineFixture.policy(),
                    (method, arguments) -> method.equals("unlinkBornBefore") ? answer : null,
                    EngineFixture.letThrough(),
                    executor);
            EngineFixture.cache(node).set("a", 1L);
            Invalidation receipt = node.invalidator().invalidateByTag("id:a");
            CompletableFuture<String> thread =
                    receipt.removed().thenApply(count -> Thread.currentThread().getName());

            new Thread(() -> answer.complete(Reclaimed.NOTHING), "io").start();

            assertThat(thread.get(10, TimeUnit.SECONDS)).isEqualTo("executor");
            executor.shutdown();
        }
    }
}
