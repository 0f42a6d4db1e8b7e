package io.r3mes.cache.spring;

import io.r3mes.cache.spring.autoconfigure.R3mesCacheAutoConfiguration;
import io.r3mes.cache.spring.autoconfigure.R3mesCacheHealthAutoConfiguration;
import io.r3mes.cache.spring.autoconfigure.R3mesCacheMetricsAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;

/** Application contexts with the auto-configurations that an application with the starter has. */
public final class Contexts {

    private Contexts() {}

    public static ApplicationContextRunner redis() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        AopAutoConfiguration.class,
                        SslAutoConfiguration.class,
                        JacksonAutoConfiguration.class,
                        DataRedisAutoConfiguration.class,
                        TransactionAutoConfiguration.class,
                        R3mesCacheAutoConfiguration.class,
                        R3mesCacheHealthAutoConfiguration.class,
                        R3mesCacheMetricsAutoConfiguration.class));
    }

    public static ApplicationContextRunner inMemory() {
        return redis().withPropertyValues("r3mes.cache.mode=in-memory");
    }

    /** In memory, with one cache {@code user-info} of the key {@code user:info:{wallet}} and the tag {@code user:{wallet}}. */
    public static ApplicationContextRunner withUserInfo() {
        return inMemory()
                .withPropertyValues(
                        "r3mes.cache.caches.user-info.key=user:info:{wallet}",
                        "r3mes.cache.caches.user-info.tags=user:{wallet}");
    }
}
