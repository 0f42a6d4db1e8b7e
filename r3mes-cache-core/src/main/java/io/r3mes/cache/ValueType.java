package io.r3mes.cache;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.stream.Stream;

/**
 * The type of a cache's values, type parameters included. For a parameterised type create an anonymous subclass:
 * {@code new ValueType<List<Block>>() {}}.
 */
public abstract class ValueType<V> {

    private final Type type;

    protected ValueType() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType superclass)
                || superclass.getRawType() != ValueType.class
                || !isKnown(superclass.getActualTypeArguments()[0])) {
            throw new IllegalStateException("Create a ValueType with its parameter: new ValueType<List<Block>>() {}");
        }
        this.type = superclass.getActualTypeArguments()[0];
    }

    private ValueType(Type type) {
        this.type = type;
    }

    public static <V> ValueType<V> of(Class<V> type) {
        return new Plain<>(type);
    }

    /** A type known only at run time; the caller vouches that it is {@code V}. */
    public static <V> ValueType<V> of(Type type) {
        return new Plain<>(type);
    }

    public final Type type() {
        return type;
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof ValueType<?> that && that.type.equals(type);
    }

    @Override
    public final int hashCode() {
        return type.hashCode();
    }

    @Override
    public final String toString() {
        return type.getTypeName();
    }

    /** Whether a type holds no variable, whose value is unknown at run time. */
    private static boolean isKnown(Type type) {
        if (type instanceof ParameterizedType generic) {
            return Stream.of(generic.getActualTypeArguments()).allMatch(ValueType::isKnown);
        }
        return type instanceof GenericArrayType array
                ? isKnown(array.getGenericComponentType())
                : !(type instanceof TypeVariable);
    }

    private static final class Plain<V> extends ValueType<V> {
        private Plain(Type type) {
            super(type);
        }
    }
}
