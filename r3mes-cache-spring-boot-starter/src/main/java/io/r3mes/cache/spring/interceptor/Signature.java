package io.r3mes.cache.spring.interceptor;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.GenericTypeResolver;

/**
 * A method as its annotations see it.
 *
 * @param names the parameters' names, or null where the class was compiled without them
 */
public record Signature(
        Method method, Class<?> type, @Nullable List<String> names) {

    static Signature of(Method method, Class<?> type) {
        @Nullable String @Nullable [] names = new DefaultParameterNameDiscoverer().getParameterNames(method);
        return new Signature(method, type, names == null ? null : allOf(names));
    }

    /** The names, or null unless all are known. */
    private static @Nullable List<String> allOf(@Nullable String[] names) {
        List<String> known = new ArrayList<>(names.length);
        for (String name : names) {
            if (name == null) {
                return null;
            }
            known.add(name);
        }
        return List.copyOf(known);
    }

    /** The position of a parameter, or -1. */
    int indexOf(String name) {
        return names == null ? -1 : names.indexOf(name);
    }

    Type parameterType(int index) {
        return GenericTypeResolver.resolveType(method.getGenericParameterTypes()[index], type);
    }

    Type returnType() {
        return GenericTypeResolver.resolveType(method.getGenericReturnType(), type);
    }

    /** Which names a placeholder may use, for a message. */
    String knownParameters() {
        if (names != null) {
            return names.isEmpty() ? "the method has no parameters" : "known parameters: " + String.join(", ", names);
        }
        return "the class was compiled without parameter names: compile it with -parameters, or use {#p0}, {#p1}, ..";
    }

    @Override
    public String toString() {
        Parameter[] parameters = method.getParameters();
        String list = Arrays.stream(parameters)
                .map(parameter -> parameter.getType().getSimpleName() + " " + parameter.getName())
                .collect(Collectors.joining(", "));
        return type.getSimpleName() + "." + method.getName() + "(" + list + ")";
    }
}
