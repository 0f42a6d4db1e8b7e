package io.r3mes.cache.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CacheMetrics;
import io.r3mes.cache.CacheWarmer;
import io.r3mes.cache.spi.ValueCodec;
import io.r3mes.cache.spring.Contexts;
import io.r3mes.cache.spring.R3mesCacheCustomizer;
import io.r3mes.cache.spring.R3mesCacheWarm;
import io.r3mes.cache.spring.R3mesCacheable;
import io.r3mes.cache.testing.FaultyRemoteStore;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/** The starter in an application as Spring Boot starts it. */
@ExtendWith(OutputCaptureExtension.class)
class ApplicationTest {

    private static ConfigurableApplicationContext start(Class<?> application, String... arguments) {
        return new SpringApplicationBuilder(application)
                .web(WebApplicationType.NONE)
                .run(arguments);
    }

    @Test
    void offersItsBeansAndWarmsBeforeReadiness() {
        try (ConfigurableApplicationContext context =
                start(Backend.class, "--r3mes.cache.mode=in-memory", "--spring.main.lazy-initialization=true")) {
            assertThat(context.getBean(CacheManager.class)).isNotNull();
            assertThat(context.getBean(CacheInvalidator.class)).isNotNull();
            assertThat(context.getBean(CacheMetrics.class)).isNotNull();
            assertThat(context.getBean(CacheWarmer.class)).isNotNull();
            assertThat(context.getBean(Backend.class).loadsWhenReady).isEqualTo(1);
        }
    }

    @Test
    void explainsAFaultInsteadOfAStackTrace(CapturedOutput output) {
        assertThatThrownBy(
                        () -> start(Backend.class, "--r3mes.cache.mode=in-memory", "--r3mes.cache.caches.user.ttl=5s"))
                .hasRootCauseInstanceOf(CacheConfigurationException.class);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("The cache 'user' has no key.")
                .contains("Set r3mes.cache.caches.user.key");
    }

    @Test
    void analysesFaultsWithAndWithoutARemedy() {
        CacheConfigurationFailureAnalyzer analyzer = new CacheConfigurationFailureAnalyzer();
        FailureAnalysis told =
                analyzer.analyze(new IllegalStateException(new CacheConfigurationException("A fault.", "A remedy.")));
        assertThat(told.getDescription()).isEqualTo("A fault.");
        assertThat(told.getAction()).isEqualTo("A remedy.");
        FailureAnalysis untold = analyzer.analyze(new CacheConfigurationException("ttl is 0; set it to 1."));
        assertThat(untold.getDescription()).isEqualTo("ttl is 0; set it to 1.");
        assertThat(untold.getAction()).contains("r3mes.cache");
        assertThat(analyzer.analyze(new IllegalStateException())).isNull();
    }

    @Test
    void customizersSeeTheBuilderAfterAllProperties() {
        AtomicReference<FaultyRemoteStore> store = new AtomicReference<>();
        Contexts.withUserInfo()
                .withBean(
                        R3mesCacheCustomizer.class,
                        () -> builder -> builder.remoteStore(real -> {
                            store.set(new FaultyRemoteStore(real));
                            return store.get();
                        }))
                .run(context -> {
                    store.get().faults().fail(FaultyRemoteStore.Operation.GET);
                    Cache<String, Integer> cache =
                            context.getBean(CacheManager.class).cache("user-info", Integer.class);
                    assertThat(cache.get("w", (id, load) -> 1)).isEqualTo(1);
                    assertThat(store.get().faults().asked(FaultyRemoteStore.Operation.GET))
                            .isEqualTo(1);
                });
    }

    @Test
    void encodesWithTheApplicationsCodec() {
        List<String> encoded = new CopyOnWriteArrayList<>();
        Contexts.inMemory()
                .withBean(Chain.class)
                .withBean(ValueCodec.class, () -> new ValueCodec() {
                    @Override
                    public byte[] encode(Object value, Type type) {
                        encoded.add(value + " as " + type.getTypeName());
                        return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
                    }

                    @Override
                    public Object decode(byte[] bytes, int offset, int length, Type type) {
                        return Integer.valueOf(new String(bytes, offset, length, StandardCharsets.UTF_8));
                    }
                })
                .run(context -> {
                    context.getBean(Chain.class).height();
                    // The start-up warmer may have loaded the value and be about to store it.
                    Awaitility.await().until(() -> !encoded.isEmpty());
                    assertThat(encoded).containsExactly("1 as java.lang.Integer");
                });
    }

    @Test
    void encryptsWithTheConfiguredKey() {
        Contexts.inMemory()
                .withBean(Chain.class)
                .withPropertyValues(
                        "r3mes.cache.caches.height.encrypt=true",
                        "r3mes.cache.caches.height.local.enabled=false",
                        "r3mes.cache.encryption.key=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
                .run(context -> {
                    Chain chain = context.getBean(Chain.class);
                    int first = chain.height();
                    assertThat(chain.height()).isEqualTo(first);
                });
    }

    @Test
    void bindsMetrics() {
        Contexts.withUserInfo().run(context -> {
            MeterRegistry registry = new SimpleMeterRegistry();
            context.getBean("r3mesCacheMeterBinder", MeterBinder.class).bindTo(registry);
            assertThat(registry.get("cache.gets").tag("cache", "user-info").meters())
                    .isNotEmpty();
        });
    }

    @Test
    void isHealthyInMemory() {
        Contexts.withUserInfo()
                .run(context -> assertThat(context.getBean("r3mesCacheHealthIndicator", HealthIndicator.class)
                                .health()
                                .getStatus())
                        .isEqualTo(Status.UP));
        Contexts.withUserInfo()
                .withPropertyValues("management.health.r3mescache.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean("r3mesCacheHealthIndicator"));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Backend {

        private int loadsWhenReady;

        @Bean
        Chain chain() {
            return new Chain();
        }

        @EventListener(ApplicationReadyEvent.class)
        void ready(ApplicationReadyEvent event) {
            loadsWhenReady = event.getApplicationContext().getBean(Chain.class).loads();
        }
    }

    static class Chain {

        private final AtomicInteger loads = new AtomicInteger();

        public int loads() {
            return loads.get();
        }

        @R3mesCacheable(cache = "height", key = "height")
        @R3mesCacheWarm(onStartup = true)
        public int height() {
            return loads.incrementAndGet();
        }
    }
}
