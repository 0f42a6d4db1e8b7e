package io.r3mes.cache;

import org.jspecify.annotations.Nullable;

/** The outcome of a read that does not load: a hit, whose value may be null, or a miss. */
public sealed interface Lookup<V> {

    /** A cached value, which is null where null was cached. */
    record Hit<V>(@Nullable V value) implements Lookup<V> {}

    /** Nothing valid is cached, or Redis did not answer. */
    record Miss<V>() implements Lookup<V> {
        private static final Miss<?> INSTANCE = new Miss<>();
    }

    @SuppressWarnings("unchecked") // A miss holds no value.
    static <V> Lookup<V> miss() {
        return (Lookup<V>) Miss.INSTANCE;
    }

    default boolean isHit() {
        return this instanceof Hit;
    }

    /** The cached value, or {@code other} on a miss. */
    default @Nullable V orElse(@Nullable V other) {
        return this instanceof Hit<V> hit ? hit.value() : other;
    }
}
