package io.r3mes.cache.spring.interceptor;

import io.r3mes.cache.spring.R3mesCacheInvalidate;
import io.r3mes.cache.spring.R3mesCachePut;
import io.r3mes.cache.spring.R3mesCacheWarm;
import io.r3mes.cache.spring.R3mesCacheable;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.annotation.RepeatableContainers;
import org.springframework.util.ConcurrentReferenceHashMap;
import org.springframework.util.ReflectionUtils;

/** The cache annotations of one method, its own or those of the interface method it implements, meta-annotations merged. */
public record MethodAnnotations(
        @Nullable R3mesCacheable cacheable,
        @Nullable R3mesCachePut put,
        List<R3mesCacheInvalidate> invalidates,
        List<R3mesCacheWarm> warms) {

    private static final Set<Class<? extends Annotation>> TYPES = Set.of(
            R3mesCacheable.class,
            R3mesCachePut.class,
            R3mesCacheInvalidate.class,
            R3mesCacheInvalidate.Container.class,
            R3mesCacheWarm.class,
            R3mesCacheWarm.Container.class);

    private static final MethodAnnotations NONE = new MethodAnnotations(null, null, List.of(), List.of());
    /** Each method is asked about at least three times while an application starts. */
    private static final Map<Method, MethodAnnotations> KNOWN = new ConcurrentReferenceHashMap<>();
    /** Whether a class declares an annotated method. Most beans have none, and share superclasses and interfaces. */
    private static final Map<Class<?>, Boolean> DECLARING = new ConcurrentReferenceHashMap<>();

    /** The annotations of a method, or null if it has none. */
    static @Nullable MethodAnnotations of(Method method) {
        if (!isCandidate(method.getDeclaringClass())) {
            return null;
        }
        MethodAnnotations found = KNOWN.computeIfAbsent(method, MethodAnnotations::find);
        return found.isEmpty() ? null : found;
    }

    private static MethodAnnotations find(Method method) {
        return isAnnotated(method, SearchStrategy.TYPE_HIERARCHY)
                ? new MethodAnnotations(
                        AnnotatedElementUtils.findMergedAnnotation(method, R3mesCacheable.class),
                        AnnotatedElementUtils.findMergedAnnotation(method, R3mesCachePut.class),
                        List.copyOf(AnnotatedElementUtils.findMergedRepeatableAnnotations(
                                method, R3mesCacheInvalidate.class, R3mesCacheInvalidate.Container.class)),
                        List.copyOf(AnnotatedElementUtils.findMergedRepeatableAnnotations(
                                method, R3mesCacheWarm.class, R3mesCacheWarm.Container.class)))
                : NONE;
    }

    private static boolean isAnnotated(Method method, SearchStrategy strategy) {
        for (MergedAnnotation<?> annotation : MergedAnnotations.from(method, strategy, RepeatableContainers.none())) {
            if (TYPES.contains(annotation.getType())) {
                return true;
            }
        }
        return false;
    }

    /** Whether a method of a class, of a superclass or of an interface is annotated. Where none is, {@link #of} finds none. */
    static boolean areIn(Class<?> type) {
        for (Class<?> declaring = type; declaring != null; declaring = declaring.getSuperclass()) {
            if (isCandidate(declaring) && DECLARING.computeIfAbsent(declaring, MethodAnnotations::declares)) {
                return true;
            }
            for (Class<?> implemented : declaring.getInterfaces()) {
                if (areIn(implemented)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean declares(Class<?> type) {
        for (Method method : ReflectionUtils.getDeclaredMethods(type)) {
            if (isAnnotated(method, SearchStrategy.DIRECT)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a class can carry the annotations at all. */
    private static boolean isCandidate(Class<?> type) {
        return AnnotationUtils.isCandidateClass(type, TYPES);
    }

    boolean writes() {
        return put != null || !invalidates.isEmpty();
    }

    private boolean isEmpty() {
        return cacheable == null && put == null && invalidates.isEmpty() && warms.isEmpty();
    }
}
