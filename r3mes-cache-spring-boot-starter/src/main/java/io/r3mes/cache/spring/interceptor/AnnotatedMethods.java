package io.r3mes.cache.spring.interceptor;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.util.ClassUtils;

/**
 * Finds the annotated methods of all beans by their types, without creating one. A {@code @Bean} method that declares an
 * interface hides the annotations of the class behind it for as long as the bean does not exist.
 */
public final class AnnotatedMethods {

    private static final Logger LOG = LoggerFactory.getLogger(AnnotatedMethods.class);

    private final List<AnnotatedMethod> found;

    private AnnotatedMethods(List<AnnotatedMethod> found) {
        this.found = List.copyOf(found);
    }

    /** Scans once; call it when all bean definitions are known. */
    public static AnnotatedMethods of(ConfigurableListableBeanFactory beans) {
        List<AnnotatedMethod> found = new ArrayList<>();
        for (String bean : beans.getBeanNamesForType(Object.class, true, false)) {
            if (!ScopedProxyUtils.isScopedTarget(bean)) {
                Class<?> type = type(beans, bean);
                if (type != null && MethodAnnotations.areIn(type)) {
                    scan(bean, type, found);
                }
            }
        }
        return new AnnotatedMethods(found);
    }

    public List<AnnotatedMethod> all() {
        return found;
    }

    private static void scan(String bean, Class<?> type, List<AnnotatedMethod> found) {
        Map<Method, MethodAnnotations> methods = MethodIntrospector.selectMethods(
                type, (MethodIntrospector.MetadataLookup<MethodAnnotations>) MethodAnnotations::of);
        methods.forEach(
                (method, annotations) -> found.add(new AnnotatedMethod(bean, Signature.of(method, type), annotations)));
    }

    private static @Nullable Class<?> type(ConfigurableListableBeanFactory beans, String bean) {
        try {
            Class<?> type = AutoProxyUtils.determineTargetClass(beans, bean);
            return type == null ? null : ClassUtils.getUserClass(type);
        } catch (RuntimeException | LinkageError unresolvable) {
            LOG.debug(
                    "The type of bean '{}' cannot be resolved; it is not searched for annotations", bean, unresolvable);
            return null;
        }
    }
}
