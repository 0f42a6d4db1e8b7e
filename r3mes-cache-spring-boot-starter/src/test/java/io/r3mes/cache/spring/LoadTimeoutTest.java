package io.r3mes.cache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r3mes.cache.CacheManager;
import io.r3mes.cache.LoadTimeoutException;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Annotated methods that are slower than their callers' patience. */
class LoadTimeoutTest {

    private final ApplicationContextRunner context = Contexts.inMemory()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class))
            .withBean(Slow.class)
            .withPropertyValues("spring.datasource.generate-unique-name=true");

    @Test
    void callerGivesUpAndTheMethodsValueIsCachedLater() {
        context.withPropertyValues("r3mes.cache.caches.slow.load.timeout=50ms").run(context -> {
            Slow slow = context.getBean(Slow.class);
            assertThatThrownBy(() -> slow.value("a"))
                    .isInstanceOf(LoadTimeoutException.class)
                    .hasMessageContaining("'slow'");
            slow.end();
            CacheManager manager = context.getBean(CacheManager.class);
            Awaitility.await().until(() -> manager.get("slow:a", String.class).isHit());
        });
    }

    @Test
    void aMethodInATransactionKeepsItsThread() {
        context.withPropertyValues("r3mes.cache.defaults.load.timeout=20s").run(context -> {
            Slow slow = context.getBean(Slow.class);
            Thread caller = Thread.currentThread();
            assertThat(slow.thread("outside")).isNotEqualTo(caller.getId());
            new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                    .executeWithoutResult(
                            status -> assertThat(slow.thread("inside")).isEqualTo(caller.getId()));
        });
    }

    static class Slow {

        private final CompletableFuture<Void> go = new CompletableFuture<>();

        @R3mesCacheable(cache = "slow", key = "slow:{id}")
        public String value(String id) {
            go.join();
            return id;
        }

        public void end() {
            go.complete(null);
        }

        @R3mesCacheable(cache = "threads", key = "thread:{id}")
        public long thread(String id) {
            return Thread.currentThread().getId();
        }
    }
}
