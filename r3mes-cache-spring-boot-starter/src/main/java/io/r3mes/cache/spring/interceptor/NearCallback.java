package io.r3mes.cache.spring.interceptor;

import io.r3mes.cache.spi.LocalEntry;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.interceptor.ExposeInvocationInterceptor;
import org.springframework.cglib.proxy.MethodInterceptor;
import org.springframework.cglib.proxy.MethodProxy;

/**
 * Answers a call of a class proxy from the near cache before the proxy makes anything of the call, where the read advice
 * is the first that would see it; otherwise goes on as the proxy does. Thread-safe.
 */
final class NearCallback implements MethodInterceptor {

    private final MethodInterceptor rest;
    private final Advised advised;
    private final Class<?> target;
    private final ReadInterceptor reads;
    /** Holds no more than the methods of one class. */
    private final Map<Method, Entrance> entrances = new ConcurrentHashMap<>();

    /**
     * @param rest what the proxy did for its calls so far
     */
    NearCallback(MethodInterceptor rest, Advised advised, Class<?> target, ReadInterceptor reads) {
        this.rest = rest;
        this.advised = advised;
        this.target = target;
        this.reads = reads;
    }

    @Override
    public @Nullable Object intercept(Object proxy, Method method, @Nullable Object[] arguments, MethodProxy direct)
            throws Throwable {
        Entrance entrance = entrances.get(method);
        if (entrance == null || entrance.advisors() != advised.getAdvisorCount()) {
            entrance = new Entrance(advised.getAdvisorCount(), plan(method));
            entrances.put(method, entrance);
        }
        MethodPlan plan = entrance.plan();
        if (plan != null) {
            LocalEntry entry = reads.near(plan, arguments);
            if (entry != null) {
                return plan.shape().wrap(entry.value());
            }
        }
        return rest.intercept(proxy, method, arguments, direct);
    }

    /** The plan of a method whose calls reach the read advice before any other, or null. */
    private @Nullable MethodPlan plan(Method method) {
        for (Advisor advisor : advised.getAdvisors()) {
            if (advisor.getAdvice() == reads) {
                return applies(advisor, method) ? reads.plan(method, target) : null;
            }
            if (advisor != ExposeInvocationInterceptor.ADVISOR && applies(advisor, method)) {
                return null;
            }
        }
        return null;
    }

    private boolean applies(Advisor advisor, Method method) {
        return !(advisor instanceof PointcutAdvisor conditional)
                || (conditional.getPointcut().getClassFilter().matches(target)
                        && conditional.getPointcut().getMethodMatcher().matches(method, target));
    }

    /**
     * What is known of a method.
     *
     * @param advisors how many the proxy had then
     * @param plan null if calls go the proxy's way
     */
    private record Entrance(int advisors, @Nullable MethodPlan plan) {}
}
