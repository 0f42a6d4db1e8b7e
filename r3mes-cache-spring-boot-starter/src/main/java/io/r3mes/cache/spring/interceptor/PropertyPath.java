package io.r3mes.cache.spring.interceptor;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;

/** A property path on one argument, compiled to method handles: getters, record accessors and public fields. */
final class PropertyPath implements Extractor {

    private final int argument;
    private final List<MethodHandle> steps;

    private PropertyPath(int argument, List<MethodHandle> steps) {
        this.argument = argument;
        this.steps = List.copyOf(steps);
    }

    /** Compiles the path {@code names[1..]} on the parameter {@code names[0]}. */
    static PropertyPath compile(String[] names, Scope scope) {
        Signature signature = scope.signature();
        int index = signature.indexOf(names[0]);
        Type type = signature.parameterType(index);
        List<MethodHandle> steps = new ArrayList<>();
        for (int i = 1; i < names.length; i++) {
            ResolvableType owner = ResolvableType.forType(type);
            Step step = step(owner, names[i]);
            if (step == null) {
                throw scope.fault(
                        "the placeholder {" + String.join(".", names) + "} asks a "
                                + owner.toClass().getSimpleName() + " for '" + names[i] + "', which it does not have.",
                        "Use a getter, a record component or a public field of that type, or SpEL: {#"
                                + String.join(".", names) + "}.");
            }
            steps.add(step.handle().asType(step.handle().type().generic()));
            type = step.type();
        }
        return new PropertyPath(index, steps);
    }

    @Override
    public @Nullable Object from(Call call) {
        Object value = call.arguments()[argument];
        for (MethodHandle step : steps) {
            if (value == null) {
                return null;
            }
            value = invoke(step, value);
        }
        return value;
    }

    private static @Nullable Object invoke(MethodHandle step, Object value) {
        try {
            return step.invoke(value);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable thrown) {
            throw new IllegalStateException("The property could not be read", thrown);
        }
    }

    private static @Nullable Step step(ResolvableType owner, String name) {
        Class<?> type = owner.toClass();
        String capital = StringUtils.capitalize(name);
        String[] candidates = type.isRecord()
                ? new String[] {name, "get" + capital, "is" + capital}
                : new String[] {"get" + capital, "is" + capital, name};
        for (String candidate : candidates) {
            Method method = ReflectionUtils.findMethod(type, candidate, new Class<?>[0]);
            if (method != null && method.getReturnType() != void.class && !Modifier.isStatic(method.getModifiers())) {
                return new Step(
                        handle(method),
                        ResolvableType.forMethodReturnType(method, type).getType());
            }
        }
        Field field = ReflectionUtils.findField(type, name);
        return field != null && Modifier.isPublic(field.getModifiers())
                ? new Step(handle(field), ResolvableType.forField(field, owner).getType())
                : null;
    }

    private static MethodHandle handle(Method method) {
        try {
            if (!open(method, method.getDeclaringClass())) {
                method.setAccessible(true);
            }
            return MethodHandles.lookup().unreflect(method);
        } catch (IllegalAccessException refused) {
            throw new IllegalStateException("The accessor " + method + " is not accessible", refused);
        }
    }

    private static MethodHandle handle(Field field) {
        try {
            if (!open(field, field.getDeclaringClass())) {
                field.setAccessible(true);
            }
            return MethodHandles.lookup().unreflectGetter(field);
        } catch (IllegalAccessException refused) {
            throw new IllegalStateException("The field " + field + " is not accessible", refused);
        }
    }

    private static boolean open(java.lang.reflect.Member member, Class<?> owner) {
        return Modifier.isPublic(member.getModifiers()) && Modifier.isPublic(owner.getModifiers());
    }

    private record Step(MethodHandle handle, Type type) {}
}
