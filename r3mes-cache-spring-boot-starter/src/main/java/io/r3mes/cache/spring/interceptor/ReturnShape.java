package io.r3mes.cache.spring.interceptor;

import java.io.InputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * How a method hands out its value.
 *
 * @param valueType the type of the value inside of futures and optionals
 * @param async whether it comes in a {@link CompletionStage}
 * @param optional whether it comes in an {@link Optional}
 */
record ReturnShape(Type valueType, boolean async, boolean optional) {

    private static final Set<String> PUBLISHERS = Set.of("org.reactivestreams.Publisher");

    static ReturnShape of(Signature signature) {
        Type type = signature.returnType();
        boolean async = raw(type) == CompletableFuture.class || raw(type) == CompletionStage.class;
        if (async) {
            type = argument(type);
        }
        boolean optional = raw(type) == Optional.class;
        if (optional) {
            type = argument(type);
        }
        return new ReturnShape(
                type instanceof Class<?> plain ? ClassUtils.resolvePrimitiveIfNecessary(plain) : type, async, optional);
    }

    /** Refuses what has no value, or one that can be read only once. */
    void checkCacheable(Scope scope) {
        Class<?> raw = raw(valueType);
        if (raw == Void.class || raw == void.class) {
            throw scope.fault("the method returns nothing.", "Return the value to cache, or remove the annotation.");
        }
        if (BaseStream.class.isAssignableFrom(raw)
                || Future.class.isAssignableFrom(raw)
                || Iterator.class.isAssignableFrom(raw)
                || InputStream.class.isAssignableFrom(raw)
                || isPublisher(raw)) {
            throw scope.fault(
                    "a " + raw.getSimpleName() + " cannot be cached because it can be read only once.",
                    "Return the value itself, a collection, or a CompletableFuture of it.");
        }
    }

    @Nullable Object unwrap(@Nullable Object returned) {
        return optional && returned instanceof Optional<?> box ? box.orElse(null) : returned;
    }

    @Nullable Object wrap(@Nullable Object value) {
        return optional ? Optional.ofNullable(value) : value;
    }

    private static boolean isPublisher(Class<?> raw) {
        return ClassUtils.getAllInterfacesForClassAsSet(raw).stream().anyMatch(i -> PUBLISHERS.contains(i.getName()));
    }

    private static Class<?> raw(Type type) {
        return ResolvableType.forType(type).toClass();
    }

    private static Type argument(Type type) {
        return type instanceof ParameterizedType parameterized
                ? parameterized.getActualTypeArguments()[0]
                : Object.class;
    }
}
