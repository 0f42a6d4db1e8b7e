package io.r3mes.cache.spring.autoconfigure;

import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CacheMetrics;
import io.r3mes.cache.CacheWarmer;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.spring.interceptor.AnnotatedMethods;
import io.r3mes.cache.spring.interceptor.Interception;
import io.r3mes.cache.spring.interceptor.InterceptionRegistrar;
import io.r3mes.cache.spring.interceptor.NearEntrances;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Configures the cache from {@code r3mes.cache.*} and the application's own Redis. It comes after the transaction
 * management, whose advisor is then registered first and so runs outside of the advice on writes.
 */
@AutoConfiguration(
        after = {DataRedisAutoConfiguration.class, JacksonAutoConfiguration.class},
        afterName = "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration")
@ConditionalOnBooleanProperty(name = "r3mes.cache.enabled", matchIfMissing = true)
@EnableConfigurationProperties(R3mesCacheProperties.class)
@Import(InterceptionRegistrar.class)
public final class R3mesCacheAutoConfiguration {

    @Bean(CacheAssembly.INTERCEPTION)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static Interception r3mesCacheInterception(
            ConfigurableListableBeanFactory beans,
            ObjectProvider<CacheManager> manager,
            ObjectProvider<AnnotatedMethods> methods) {
        return new Interception(beans, manager::getObject, methods::getObject);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static Advisor r3mesCacheReadAdvisor(Interception interception) {
        return interception.readAdvisor();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static Advisor r3mesCacheWriteAdvisor(Interception interception) {
        return interception.writeAdvisor();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static NearEntrances r3mesCacheNearEntrances(ObjectProvider<Interception> interception) {
        return new NearEntrances(interception::getObject);
    }

    @Bean
    static AnnotatedMethods r3mesCacheAnnotatedMethods(ConfigurableListableBeanFactory beans) {
        return AnnotatedMethods.of(beans);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnProperty(name = "r3mes.cache.mode", havingValue = "redis", matchIfMissing = true)
    RedisSettings r3mesCacheRedisSettings(
            R3mesCacheProperties properties,
            @Nullable RedisConnectionFactory factory,
            ObjectProvider<DataRedisConnectionDetails> details) {
        return RedisConnection.settings(factory, details.getIfAvailable(), properties.commandTimeout());
    }

    @Bean(CacheAssembly.MANAGER)
    @ConditionalOnMissingBean
    CacheManager r3mesCacheManager(
            R3mesCacheProperties properties,
            AnnotatedMethods methods,
            @Nullable RedisSettings redis,
            ConfigurableListableBeanFactory beans,
            Environment environment) {
        return new CacheAssembly(properties, beans, environment).build(methods, redis);
    }

    @Bean
    @ConditionalOnMissingBean
    CacheInvalidator r3mesCacheInvalidator(CacheManager manager) {
        return manager.invalidator();
    }

    @Bean
    @ConditionalOnMissingBean
    CacheMetrics r3mesCacheMetrics(CacheManager manager) {
        return manager.metrics();
    }

    @Bean
    @ConditionalOnMissingBean
    CacheWarmer r3mesCacheWarmer(CacheManager manager) {
        return manager.warmer();
    }

    @Bean
    CacheStartup r3mesCacheStartup(
            CacheManager manager,
            Interception interception,
            AnnotatedMethods methods,
            R3mesCacheProperties properties) {
        return new CacheStartup(manager, interception, methods, properties);
    }

    @Bean
    CacheLifecycle r3mesCacheLifecycle(CacheManager manager, @Nullable RedisSettings redis) {
        return new CacheLifecycle(manager, redis == null ? "in memory" : RedisConnection.describe(redis));
    }

    @Bean
    WarmEvents r3mesCacheWarmEvents(CacheStartup startup, Interception interception) {
        return new WarmEvents(startup, interception);
    }
}
