package io.r3mes.cache.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.KeyTemplate;
import io.r3mes.cache.OnFailover;
import io.r3mes.cache.spring.Contexts;
import io.r3mes.cache.spring.R3mesCacheable;
import io.r3mes.cache.spring.autoconfigure.R3mesCacheProperties.CacheSpec;
import io.r3mes.cache.spring.autoconfigure.R3mesCacheProperties.Mode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class R3mesCachePropertiesTest {

    private static final String EVERYTHING = """
            r3mes:
              cache:
                enabled: true
                mode: in-memory
                namespace: app
                command-timeout: 50ms
                required: true
                startup-timeout: 3s
                coherence: { max-staleness: 400ms, on-failover: fence }
                invalidation: { min-replicas: 2 }
                tags: { max-members: 7000 }
                encryption: { key: AAAA, previous-key: BBBB }
                defaults:
                  ttl: 2m
                  jitter: 5%
                  refresh-ahead: 0.25
                  refresh-beta: 1.5
                  local: { enabled: false, max-entries: 11, ttl: 12s, degraded-ttl: 2s }
                  load:
                    lease: 1s
                    max-load: 20s
                    max-wait: 3s
                    snapshot-lag: 5s
                    max-concurrent: 9
                    reject-when-full: true
                    soft-timeout: 100ms
                    timeout: 2s
                  stale: { while-revalidate: 1s, on-error: 2m, retry-after: 3s }
                  cache-nulls: false
                  null-ttl: 13s
                  max-null-entries: 14
                  encrypt: true
                  max-value-bytes: 2MB
                  strict-schema: true
                caches:
                  user-info:
                    key: "user:info:{wallet}"
                    ttl: 300s
                    tags: ["user:{wallet}", "users"]
                    jitter: 0
                    refresh-ahead: 20%
                    refresh-beta: 2
                    local: { enabled: true, max-entries: 5, ttl: 6s, degraded-ttl: 1s }
                    load:
                      lease: 2s
                      max-load: 30s
                      max-wait: 4s
                      snapshot-lag: 6s
                      max-concurrent: 8
                      reject-when-full: false
                      soft-timeout: 200ms
                      timeout: 1s
                    stale: { while-revalidate: 7s, on-error: 8s, retry-after: 9s }
                    cache-nulls: true
                    null-ttl: 15s
                    max-null-entries: 16
                    encrypt: false
                    max-value-bytes: 1024
                    strict-schema: false
                    warm: { on-startup: true, every: 5m }
                    domain: accounts
            """;

    private static R3mesCacheProperties bind(String yaml) {
        try {
            MutablePropertySources sources = new MutablePropertySources();
            new YamlPropertySourceLoader()
                    .load("test", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
                    .forEach(sources::addLast);
            return new Binder(ConfigurationPropertySources.from(sources))
                    .bindOrCreate("r3mes.cache", R3mesCacheProperties.class);
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    @Test
    void bindsEveryPropertyOfTheWhole() {
        R3mesCacheProperties bound = bind(EVERYTHING);
        assertThat(bound.enabled()).isTrue();
        assertThat(bound.mode()).isEqualTo(Mode.IN_MEMORY);
        assertThat(bound.namespace()).isEqualTo("app");
        assertThat(bound.commandTimeout()).isEqualTo(Duration.ofMillis(50));
        assertThat(bound.required()).isTrue();
        assertThat(bound.startupTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(bound.coherence().maxStaleness()).isEqualTo(Duration.ofMillis(400));
        assertThat(bound.coherence().onFailover()).isEqualTo(OnFailover.FENCE);
        assertThat(bound.invalidation().minReplicas()).isEqualTo(2);
        assertThat(bound.tags().maxMembers()).isEqualTo(7_000);
        assertThat(bound.encryption()).isEqualTo(new R3mesCacheProperties.Encryption("AAAA", "BBBB"));
        assertThat(bound.encryption().toString()).doesNotContain("AAAA");
    }

    @Test
    void bindsEveryPropertyOfTheDefaultsAndOfACache() {
        R3mesCacheProperties bound = bind(EVERYTHING);
        assertThat(bound.defaults())
                .isEqualTo(new R3mesCacheProperties.Defaults(
                        Duration.ofMinutes(2),
                        new Ratio(0.05),
                        new Ratio(0.25),
                        1.5,
                        new R3mesCacheProperties.Local(false, 11, Duration.ofSeconds(12), Duration.ofSeconds(2)),
                        new R3mesCacheProperties.Load(
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(20),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(5),
                                9,
                                true,
                                Duration.ofMillis(100),
                                Duration.ofSeconds(2)),
                        new R3mesCacheProperties.Stale(
                                Duration.ofSeconds(1), Duration.ofMinutes(2), Duration.ofSeconds(3)),
                        false,
                        Duration.ofSeconds(13),
                        14,
                        true,
                        DataSize.ofMegabytes(2),
                        true));
        assertThat(bound.caches())
                .isEqualTo(Map.of(
                        "user-info",
                        new CacheSpec(
                                "user:info:{wallet}",
                                Duration.ofSeconds(300),
                                List.of("user:{wallet}", "users"),
                                new Ratio(0),
                                new Ratio(0.2),
                                2.0,
                                new R3mesCacheProperties.LocalSpec(
                                        true, 5, Duration.ofSeconds(6), Duration.ofSeconds(1)),
                                new R3mesCacheProperties.LoadSpec(
                                        Duration.ofSeconds(2),
                                        Duration.ofSeconds(30),
                                        Duration.ofSeconds(4),
                                        Duration.ofSeconds(6),
                                        8,
                                        false,
                                        Duration.ofMillis(200),
                                        Duration.ofSeconds(1)),
                                new R3mesCacheProperties.StaleSpec(
                                        Duration.ofSeconds(7), Duration.ofSeconds(8), Duration.ofSeconds(9)),
                                true,
                                Duration.ofSeconds(15),
                                16,
                                false,
                                DataSize.ofBytes(1024),
                                false,
                                new R3mesCacheProperties.Warm(true, Duration.ofMinutes(5)),
                                "accounts")));
    }

    @Test
    void itsDefaultsAreThoseOfTheLibrary() {
        R3mesCacheProperties bound = bind("r3mes.cache.caches.plain.key: plain");
        CachePolicy policy = new CachePolicies(bound, Map.of()).merge().get(0);
        assertThat(policy).isEqualTo(CachePolicy.of("plain", "plain"));
    }

    @Test
    void mergesFromDefaultsToAnnotationToCache() {
        R3mesCacheProperties bound = bind("""
                r3mes.cache:
                  defaults: { ttl: 1m, local: { max-entries: 7 } }
                  caches:
                    a: { key: "a:{id}" }
                    b: { key: "b:{id}", ttl: 3m, tags: [configured] }
                """);
        Map<String, CacheDefinition> annotations = Map.of(
                "a", new CacheDefinition(null, Duration.ofMinutes(2), List.of("annotated")),
                "b", new CacheDefinition("ignored:{id}", Duration.ofMinutes(2), List.of("annotated")),
                "c", new CacheDefinition("c:{id}", null, null));
        List<CachePolicy> policies = new CachePolicies(bound, annotations).merge();
        assertThat(policies).extracting(CachePolicy::name).containsExactly("a", "b", "c");
        assertThat(policies)
                .extracting(policy -> policy.expiry().ttl().toMinutes())
                .containsExactly(2L, 3L, 1L);
        assertThat(policies)
                .extracting(
                        policy -> policy.tags().stream().map(KeyTemplate::text).toList())
                .containsExactly(List.of("annotated"), List.of("configured"), List.of());
        assertThat(policies).extracting(policy -> policy.key().text()).containsExactly("a:{id}", "b:{id}", "c:{id}");
        assertThat(policies)
                .allSatisfy(policy -> assertThat(policy.local().maxEntries()).isEqualTo(7));
    }

    @Test
    void theConfigurationOfACacheWinsOverItsAnnotation() {
        Contexts.inMemory()
                .withBean(Reads.class)
                .withPropertyValues("r3mes.cache.caches.a.ttl=7s", "own.ttl=9s")
                .run(context -> {
                    CacheManager manager = context.getBean(CacheManager.class);
                    assertThat(manager.policy("a").expiry().ttl()).isEqualTo(Duration.ofSeconds(7));
                    assertThat(manager.policy("a").key().text()).isEqualTo("a:{id}");
                    assertThat(manager.policy("b").expiry().ttl()).isEqualTo(Duration.ofSeconds(9));
                });
    }

    @Test
    void refusesAShareThatIsNone() {
        Contexts.inMemory()
                .withPropertyValues("r3mes.cache.defaults.jitter=some")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("Write one such as 10% or 0.1"));
    }

    @Test
    void everyPropertyIsDescribed() throws IOException {
        JsonNode metadata = metadata("META-INF/spring-configuration-metadata.json");
        List<String> names = new ArrayList<>();
        for (JsonNode property : metadata.get("properties")) {
            String name = property.get("name").asString();
            names.add(name);
            assertThat(property.path("description").asString(""))
                    .as(name)
                    .endsWith(".")
                    .hasSizeGreaterThan(15);
        }
        assertThat(names)
                .contains(
                        "r3mes.cache.enabled",
                        "r3mes.cache.mode",
                        "r3mes.cache.namespace",
                        "r3mes.cache.command-timeout",
                        "r3mes.cache.required",
                        "r3mes.cache.startup-timeout",
                        "r3mes.cache.coherence.max-staleness",
                        "r3mes.cache.coherence.on-failover",
                        "r3mes.cache.invalidation.min-replicas",
                        "r3mes.cache.tags.max-members",
                        "r3mes.cache.encryption.key",
                        "r3mes.cache.defaults.ttl",
                        "r3mes.cache.defaults.jitter",
                        "r3mes.cache.defaults.local.max-entries",
                        "r3mes.cache.defaults.load.lease",
                        "r3mes.cache.defaults.stale.on-error",
                        "r3mes.cache.caches",
                        "management.health.r3mescache.enabled");
        assertThat(metadata.get("hints")).isNotEmpty();
    }

    private static JsonNode metadata(String path) throws IOException {
        try (InputStream json = R3mesCacheProperties.class.getClassLoader().getResourceAsStream(path)) {
            assertThat(json).as(path).isNotNull();
            return JsonMapper.shared().readTree(json);
        }
    }

    static class Reads {

        @R3mesCacheable(cache = "a", key = "a:{id}", ttl = "1s")
        public String a(String id) {
            return id;
        }

        @R3mesCacheable(cache = "b", key = "b:{id}", ttl = "${own.ttl}")
        public String b(String id) {
            return id;
        }
    }
}
