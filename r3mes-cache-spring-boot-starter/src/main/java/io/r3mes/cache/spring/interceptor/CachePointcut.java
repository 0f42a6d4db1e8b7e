package io.r3mes.cache.spring.interceptor;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.function.Predicate;
import org.springframework.aop.ClassFilter;
import org.springframework.aop.MethodMatcher;
import org.springframework.aop.Pointcut;
import org.springframework.aop.support.AopUtils;

/** Picks annotated methods. Passes by final classes, for which no proxy can be made, instead of failing on them. */
record CachePointcut(String name, Predicate<MethodAnnotations> wanted) implements Pointcut, ClassFilter, MethodMatcher {

    @Override
    public ClassFilter getClassFilter() {
        return this;
    }

    @Override
    public MethodMatcher getMethodMatcher() {
        return this;
    }

    @Override
    public boolean matches(Class<?> type) {
        return (!Modifier.isFinal(type.getModifiers()) || Proxy.isProxyClass(type)) && MethodAnnotations.areIn(type);
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
        MethodAnnotations annotations = MethodAnnotations.of(AopUtils.getMostSpecificMethod(method, targetClass));
        return annotations != null && wanted.test(annotations);
    }

    @Override
    public boolean isRuntime() {
        return false;
    }

    @Override
    @SuppressWarnings("NullAway") // Compilers disagree on the annotations of the overridden method's arguments.
    public boolean matches(Method method, Class<?> targetClass, Object... args) {
        return true;
    }
}
