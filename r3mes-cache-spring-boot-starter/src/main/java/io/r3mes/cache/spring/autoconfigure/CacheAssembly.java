package io.r3mes.cache.spring.autoconfigure;

import io.r3mes.cache.CacheManager;
import io.r3mes.cache.codec.AesGcmValueCipher;
import io.r3mes.cache.codec.JacksonValueCodec;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.runtime.R3mesCache;
import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.ValueCipher;
import io.r3mes.cache.spi.ValueCodec;
import io.r3mes.cache.spring.R3mesCacheCustomizer;
import io.r3mes.cache.spring.autoconfigure.R3mesCacheProperties.Encryption;
import io.r3mes.cache.spring.interceptor.AnnotatedMethods;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import tools.jackson.databind.json.JsonMapper;

/**
 * Puts the cache manager together. The application may replace the {@link ValueCodec} and the {@link ValueCipher}, and add
 * {@link CacheObserver}s and {@link R3mesCacheCustomizer}s, as beans.
 */
record CacheAssembly(R3mesCacheProperties properties, ConfigurableListableBeanFactory beans, Environment environment) {

    /** The manager ends after the interception, which may still have writes under way. */
    static final String MANAGER = "r3mesCacheManager";

    static final String INTERCEPTION = "r3mesCacheInterception";

    CacheManager build(AnnotatedMethods methods, @Nullable RedisSettings redis) {
        R3mesCache cache = R3mesCache.builder()
                .namespace(properties.namespace())
                .maxStaleness(properties.coherence().maxStaleness())
                .onFailover(properties.coherence().onFailover())
                .minReplicas(properties.invalidation().minReplicas())
                .maxTagMembers(properties.tags().maxMembers())
                .codec(codec())
                .cipher(cipher())
                .caches(new CachePolicies(properties, CacheDefinition.of(methods, this::resolved)).merge());
        if (redis == null) {
            cache.inMemory();
        } else {
            cache.redis(redis);
        }
        if (Threading.VIRTUAL.isActive(environment)) {
            cache.executor(new VirtualThreadTaskExecutor("r3mes-cache-"));
        }
        beans.registerDependentBean(MANAGER, INTERCEPTION);
        beans.getBeanProvider(CacheObserver.class).orderedStream().forEach(cache::observer);
        beans.getBeanProvider(R3mesCacheCustomizer.class)
                .orderedStream()
                .forEach(customizer -> customizer.customize(cache));
        return cache.build();
    }

    /** Derived from the application's mapper, which stays as it is. */
    private ValueCodec codec() {
        ValueCodec own = beans.getBeanProvider(ValueCodec.class).getIfAvailable();
        if (own != null) {
            return own;
        }
        JsonMapper mapper = beans.getBeanProvider(JsonMapper.class).getIfAvailable();
        return mapper == null ? new JacksonValueCodec() : new JacksonValueCodec(mapper);
    }

    private @Nullable ValueCipher cipher() {
        ValueCipher own = beans.getBeanProvider(ValueCipher.class).getIfAvailable();
        Encryption encryption = properties.encryption();
        if (own != null || encryption.key() == null) {
            return own;
        }
        return AesGcmValueCipher.ofBase64(encryption.key(), encryption.previousKey());
    }

    private String resolved(String text) {
        return Objects.requireNonNullElse(beans.resolveEmbeddedValue(text), "");
    }
}
