package io.r3mes.cache.spring.autoconfigure;

import io.r3mes.cache.CacheManager;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Shows the state of the cache as the health component {@code r3mesCache}. */
@AutoConfiguration(after = R3mesCacheAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(CacheManager.class)
@ConditionalOnEnabledHealthIndicator("r3mescache")
public final class R3mesCacheHealthAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "r3mesCacheHealthIndicator")
    HealthIndicator r3mesCacheHealthIndicator(CacheManager manager) {
        return new CacheHealthIndicator(manager);
    }
}
