package io.r3mes.cache.spring.interceptor;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.context.expression.AnnotatedElementKey;

/** The compiled plans, one for each intercepted method. Thread-safe. */
final class Plans {

    private final Supplier<PlanCompiler> compiler;
    /** Holds no more than the application has annotated methods. */
    private final Map<AnnotatedElementKey, MethodPlan> plans = new ConcurrentHashMap<>();

    Plans(Supplier<PlanCompiler> compiler) {
        this.compiler = compiler;
    }

    /** The plan of an intercepted method. */
    MethodPlan of(Method method, @Nullable Class<?> targetClass) {
        Class<?> type = targetClass == null ? method.getDeclaringClass() : targetClass;
        AnnotatedElementKey key = new AnnotatedElementKey(method, type);
        MethodPlan plan = plans.get(key);
        if (plan == null) {
            plan = compile(AopUtils.getMostSpecificMethod(method, type), type);
            plans.putIfAbsent(key, plan);
        }
        return plan;
    }

    private MethodPlan compile(Method method, Class<?> type) {
        MethodAnnotations annotations = MethodAnnotations.of(method);
        if (annotations == null) {
            throw new IllegalStateException(method + " carries no cache annotation");
        }
        return compiler.get().compile(Signature.of(method, type), annotations);
    }
}
