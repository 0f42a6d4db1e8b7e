package io.r3mes.cache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.time.Duration;
import java.util.Locale;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;

/** An application whose Redis is not there when it starts. */
class StartWithoutRedisTest {

    /** What a loaded machine may add. */
    private static final Duration MARGIN = Duration.ofSeconds(5);

    private static ApplicationContextRunner contexts(int port) {
        return Contexts.redis()
                .withPropertyValues("spring.data.redis.port=" + port, "r3mes.cache.caches.block.key=block:{height}");
    }

    @Test
    void startsAsFastAsWithRedisAndUsesItOnceItIsThere() {
        try (RedisProcess redis = RedisServers.standalone()) {
            ApplicationContextRunner contexts = contexts(redis.port());
            started(contexts, context -> {});
            Duration with = started(contexts, context -> awaitUse(context.getBean(CacheManager.class)));
            redis.kill();
            Duration without = started(contexts, context -> {
                assertThat(status(context)).isEqualTo("DEGRADED");
                redis.start();
                long from = System.nanoTime();
                awaitUse(context.getBean(CacheManager.class));
                print("in use after Redis appears", "<= 2 s", Duration.ofNanos(System.nanoTime() - from));
                Awaitility.await().until(() -> status(context).equals("UP"));
            });
            print("start of a context with Redis", "", with);
            print("start of a context without", "+ <= 1 s", without);
            assertThat(without).isLessThan(with.plusSeconds(1).plus(MARGIN));
        }
    }

    @Test
    void failsIfRedisIsRequired() {
        ApplicationContextRunner contexts = contexts(RedisServers.freePort());
        started(contexts, context -> {});
        Duration usual = started(contexts, context -> {});
        long from = System.nanoTime();
        contexts.withPropertyValues("r3mes.cache.required=true", "r3mes.cache.startup-timeout=300ms")
                .run(context -> assertThat(context.getStartupFailure())
                        .isInstanceOf(CacheConfigurationException.class)
                        .hasMessageContaining("Redis did not answer r3mes-cache within 300ms")
                        .hasMessageContaining("r3mes.cache.required is true")
                        .hasMessageContaining("spring.data.redis"));
        Duration took = Duration.ofNanos(System.nanoTime() - from);
        assertThat(took).isBetween(Duration.ofMillis(300), usual.plus(MARGIN));
    }

    @Test
    void startsOnceARequiredRedisHasAnswered() {
        try (RedisProcess redis = RedisServers.standalone()) {
            contexts(redis.port())
                    .withPropertyValues("r3mes.cache.required=true", "r3mes.cache.startup-timeout=20s")
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        assertThat(context.getBean(CacheManager.class).status().position())
                                .isPositive();
                    });
        }
    }

    /** In memory there is nothing to wait for. */
    @Test
    void requiresNoRedisInMemory() {
        Contexts.inMemory()
                .withPropertyValues("r3mes.cache.required=true", "r3mes.cache.caches.block.key=block:{height}")
                .run(context -> assertThat(context).hasNotFailed());
    }

    /** How long a context takes to start, before it is used. */
    private static Duration started(
            ApplicationContextRunner contexts, ContextConsumer<AssertableApplicationContext> use) {
        long from = System.nanoTime();
        Duration[] took = new Duration[1];
        contexts.run(context -> {
            took[0] = Duration.ofNanos(System.nanoTime() - from);
            assertThat(context).hasNotFailed();
            use.accept(context);
        });
        return took[0];
    }

    private static void awaitUse(CacheManager manager) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> manager.status().connected() && !manager.status().fenced());
    }

    private static String status(AssertableApplicationContext context) {
        return context.getBean("r3mesCacheHealthIndicator", HealthIndicator.class)
                .health()
                .getStatus()
                .getCode();
    }

    private static void print(String what, String promised, Duration measured) {
        System.out.println(
                String.format(Locale.ROOT, "fault: F1   %-74s %-12s %d ms", what, promised, measured.toMillis()));
    }
}
