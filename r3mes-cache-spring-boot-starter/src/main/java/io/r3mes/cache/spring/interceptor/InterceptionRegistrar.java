package io.r3mes.cache.spring.interceptor;

import org.springframework.aop.config.AopConfigUtils;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Sees to it that beans are proxied, with AspectJ or without, and whatever {@code spring.aop.auto} says. Proxies are made
 * of classes unless {@code spring.aop.proxy-target-class} is false.
 */
public final class InterceptionRegistrar implements ImportBeanDefinitionRegistrar, EnvironmentAware {

    private boolean classProxies = true;

    @Override
    public void setEnvironment(Environment environment) {
        classProxies = environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true);
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        AopConfigUtils.registerAutoProxyCreatorIfNecessary(registry);
        if (classProxies) {
            AopConfigUtils.forceAutoProxyCreatorToUseClassProxying(registry);
        }
    }
}
