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
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.annotation.RepeatableContainers;
import org.springframework.util.ConcurrentReferenceHashMap;

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

    /** The annotations of a method, or null if it has none. */
    static @Nullable MethodAnnotations of(Method method) {
        if (!isCandidate(method.getDeclaringClass())) {
            return null;
        }
        MethodAnnotations found = KNOWN.computeIfAbsent(method, MethodAnnotations::find);
        return found.isEmpty() ? null : found;
    }

    private static MethodAnnotations find(Method method) {
        boolean any =
                MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY, RepeatableContainers.none()).stream()
                        .anyMatch(annotation -> TYPES.contains(annotation.getType()));
        return any
                ? new MethodAnnotations(
                        AnnotatedElementUtils.findMergedAnnotation(method, R3mesCacheable.class),
                        AnnotatedElementUtils.findMergedAnnotation(method, R3mesCachePut.class),
                        List.copyOf(AnnotatedElementUtils.findMergedRepeatableAnnotations(
                                method, R3mesCacheInvalidate.class, R3mesCacheInvalidate.Container.class)),
                        List.copyOf(AnnotatedElementUtils.findMergedRepeatableAnnotations(
                                method, R3mesCacheWarm.class, R3mesCacheWarm.Container.class)))
                : NONE;
    }

    /** Whether a class can carry the annotations at all. */
    static boolean isCandidate(Class<?> type) {
        return AnnotationUtils.isCandidateClass(type, TYPES);
    }

    boolean writes() {
        return put != null || !invalidates.isEmpty();
    }

    private boolean isEmpty() {
        return cacheable == null && put == null && invalidates.isEmpty() && warms.isEmpty();
    }
}
