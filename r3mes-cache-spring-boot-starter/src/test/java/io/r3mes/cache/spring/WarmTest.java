package io.r3mes.cache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CacheWarmer;
import io.r3mes.cache.WarmStatus;
import io.r3mes.cache.WarmTask;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.Lifecycle;

class WarmTest {

    private final ApplicationContextRunner contexts = Contexts.inMemory().withBean(Network.class);

    @Test
    void warmsBeforeTheApplicationIsReady() {
        contexts.run(context -> {
            context.getBean(ApplicationRunner.class).run(new DefaultApplicationArguments());
            assertThat(context.getBean(CacheManager.class)
                            .get("height", Integer.class)
                            .orElse(null))
                    .isEqualTo(1);
            assertThat(context.getBean(Network.class).height()).isEqualTo(1);
            assertThat(context.getBean(Network.class).heightCalls()).isEqualTo(1);
        });
    }

    @Test
    void keepsAValidEntryAtStartAndReplacesItWhenAsked() {
        contexts.run(context -> {
            context.getBean(ApplicationRunner.class).run(new DefaultApplicationArguments());
            CacheWarmer warmer = context.getBean(CacheWarmer.class);
            warmer.stop();
            warmer.start().join();
            assertThat(context.getBean(Network.class).heightCalls()).isEqualTo(1);
            WarmStatus status = warmer.warm("height").join();
            assertThat(status.lastFailure()).isNull();
            assertThat(context.getBean(Network.class).height()).isEqualTo(2);
            assertThat(context.getBean(Network.class).heightCalls()).isEqualTo(2);
        });
    }

    @Test
    void warmsPeriodically() {
        contexts.withPropertyValues("r3mes.cache.caches.stats.warm.every=20ms").run(context -> {
            Network network = context.getBean(Network.class);
            Awaitility.await().until(() -> network.statsCalls() >= 3);
            assertThat(context.getBean(CacheManager.class)
                            .get("stats", Integer.class)
                            .isHit())
                    .isTrue();
        });
    }

    @Test
    void theConfigurationOverridesTheAnnotation() {
        contexts.withPropertyValues("r3mes.cache.caches.height.warm.on-startup=false")
                .run(context -> {
                    context.getBean(ApplicationRunner.class).run(new DefaultApplicationArguments());
                    assertThat(context.getBean(Network.class).heightCalls()).isZero();
                });
    }

    @Test
    void warmsOnEventsWithTheirArguments() {
        contexts.run(context -> {
            CacheManager manager = context.getBean(CacheManager.class);
            context.publishEvent(new LoggedIn("skipped", false));
            context.publishEvent(new LoggedIn("w1", true));
            Awaitility.await().until(() -> manager.get("user:w1", Integer.class).isHit());
            context.publishEvent(new Registered("w2", 7));
            Awaitility.await().until(() -> manager.get("user:w2", Integer.class).isHit());
            assertThat(manager.get("user:skipped", Integer.class).isHit()).isFalse();
        });
    }

    @Test
    void warmsAsynchronousMethods() {
        contexts.run(context -> {
            CacheWarmer warmer = context.getBean(CacheWarmer.class);
            assertThat(warmer.warm("later").join().lastFailure()).isNull();
            assertThat(warmer.warm("later").join().lastFailure()).isNull();
            assertThat(context.getBean(Network.class).later().join()).isEqualTo(2);
        });
    }

    @Test
    void handsEventsToTasksRegisteredByHand() {
        contexts.run(context -> {
            CompletableFuture<Object> seen = new CompletableFuture<>();
            context.getBean(CacheWarmer.class)
                    .register(new WarmTask(
                            "own", false, null, Set.of(String.class), trigger -> seen.complete(trigger.event())));
            context.publishEvent("hello");
            assertThat(seen.join()).isEqualTo("hello");
        });
    }

    @Test
    void reportsAFailingWarmerAndGoesOn() {
        contexts.run(context -> {
            WarmStatus status =
                    context.getBean(CacheWarmer.class).warm("broken").join();
            assertThat(status.failures()).isEqualTo(1);
            assertThat(status.lastFailure()).contains("no network");
        });
    }

    @Test
    void stopsAndStartsRepeatedly() {
        contexts.withPropertyValues("r3mes.cache.caches.stats.warm.every=20ms").run(context -> {
            Network network = context.getBean(Network.class);
            Lifecycle lifecycle = context.getBean("r3mesCacheLifecycle", Lifecycle.class);
            for (int i = 0; i < 2; i++) {
                int before = network.statsCalls();
                Awaitility.await().until(() -> network.statsCalls() > before);
                ((ConfigurableApplicationContext) context.getSourceApplicationContext()).stop();
                assertThat(lifecycle.isRunning()).isFalse();
                ((ConfigurableApplicationContext) context.getSourceApplicationContext()).start();
                assertThat(lifecycle.isRunning()).isTrue();
            }
        });
    }

    @Test
    void readinessDoesNotWaitForEverForAWarmer() {
        Contexts.inMemory().withBean(Stuck.class).run(context -> {
            CompletableFuture<Void> ready = CompletableFuture.runAsync(() -> {
                try {
                    context.getBean(ApplicationRunner.class).run(new DefaultApplicationArguments());
                } catch (Exception failure) {
                    throw new IllegalStateException(failure);
                }
            });
            Awaitility.await().atMost(Duration.ofSeconds(15)).until(ready::isDone);
            context.getBean(Stuck.class).release();
        });
    }

    record LoggedIn(String wallet, boolean first) {}

    record Registered(String wallet, int id) {}

    static class Network {

        private final AtomicInteger heights = new AtomicInteger();
        private final AtomicInteger stats = new AtomicInteger();
        private final AtomicInteger later = new AtomicInteger();

        public int heightCalls() {
            return heights.get();
        }

        public int statsCalls() {
            return stats.get();
        }

        @R3mesCacheable(cache = "height", key = "height")
        @R3mesCacheWarm(onStartup = true)
        public int height() {
            return heights.incrementAndGet();
        }

        @R3mesCacheable(cache = "stats", key = "stats")
        public int stats() {
            return stats.incrementAndGet();
        }

        @R3mesCacheable(cache = "later", key = "later")
        @R3mesCacheWarm(every = "${later.period:1h}")
        public CompletableFuture<Integer> later() {
            return CompletableFuture.supplyAsync(later::incrementAndGet);
        }

        @R3mesCacheable(cache = "user", key = "user:{wallet}")
        @R3mesCacheWarm(on = LoggedIn.class, args = "#event.wallet", condition = "#event.first")
        @R3mesCacheWarm(on = Registered.class, args = "#event.wallet")
        public int user(String wallet) {
            return 1;
        }

        @R3mesCacheable(cache = "broken", key = "broken")
        @R3mesCacheWarm(on = Registered.class)
        public int broken() {
            throw new IllegalStateException("no network");
        }
    }

    static class Stuck {

        private final CountDownLatch gate = new CountDownLatch(1);

        public void release() {
            gate.countDown();
        }

        @R3mesCacheable(cache = "stuck", key = "stuck")
        @R3mesCacheWarm(onStartup = true)
        public int read() throws InterruptedException {
            gate.await();
            return 1;
        }
    }
}
