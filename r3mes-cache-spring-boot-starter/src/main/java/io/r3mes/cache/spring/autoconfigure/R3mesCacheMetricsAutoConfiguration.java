package io.r3mes.cache.spring.autoconfigure;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.metrics.MicrometerCacheMetrics;
import io.r3mes.cache.metrics.RecordingMetrics;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Publishes the figures of the cache to Micrometer. */
@AutoConfiguration(after = R3mesCacheAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean(CacheManager.class)
public final class R3mesCacheMetricsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "r3mesCacheMeterBinder")
    MeterBinder r3mesCacheMeterBinder(CacheManager manager) {
        return registry -> {
            if (manager.metrics() instanceof RecordingMetrics recording) {
                new MicrometerCacheMetrics(recording, manager::status).bindTo(registry);
            }
        };
    }
}
