package io.r3mes.cache.spring.interceptor;

import java.util.Arrays;
import java.util.function.Supplier;
import org.springframework.aop.framework.Advised;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cglib.proxy.Callback;
import org.springframework.cglib.proxy.Factory;
import org.springframework.cglib.proxy.MethodInterceptor;
import org.springframework.core.Ordered;

/**
 * Lets class proxies that carry the read advice answer near-cache hits at their entrance. Runs after the proxies were made;
 * a proxy of another kind keeps working through its advice.
 */
public final class NearEntrances implements BeanPostProcessor, Ordered {

    private final Supplier<Interception> interception;

    public NearEntrances(Supplier<Interception> interception) {
        this.interception = interception;
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof Factory proxy
                && bean instanceof Advised advised
                && advised.getTargetSource().isStatic()) {
            ReadInterceptor reads = interception.get().reads();
            Class<?> target = advised.getTargetClass();
            if (target != null
                    && Arrays.stream(advised.getAdvisors()).anyMatch(advisor -> advisor.getAdvice() == reads)) {
                Callback[] callbacks = proxy.getCallbacks();
                if (callbacks.length > 0 && callbacks[0] instanceof MethodInterceptor rest) {
                    proxy.setCallback(0, new NearCallback(rest, advised, target, reads));
                }
            }
        }
        return bean;
    }
}
