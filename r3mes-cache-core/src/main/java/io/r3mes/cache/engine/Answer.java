package io.r3mes.cache.engine;

import io.r3mes.cache.LoadRejectedException;
import org.jspecify.annotations.Nullable;

/** What a read gives its caller: a value, which may be stale, or the very exception of the loader. */
sealed interface Answer<V> {

    record Value<V>(@Nullable V value) implements Answer<V> {}

    /** The answer that a decoded value is. */
    @SuppressWarnings("unchecked") // The format decodes values of the reader's type only.
    static <V> Answer<V> decoded(@Nullable Object value) {
        return new Value<>((V) value);
    }

    /**
     * A value past its TTL.
     *
     * @param failure why loading another one failed, or null if nobody waited for that
     */
    record Stale<V>(@Nullable V value, @Nullable Throwable failure) implements Answer<V> {}

    @SuppressWarnings("unchecked") // The format decodes values of the reader's type only.
    static <V> Answer<V> stale(Found.Stale found, @Nullable Throwable failure) {
        return new Stale<>((V) found.value(), failure);
    }

    /**
     * @param callersOwn whether the caller was interrupted, or its loader not called at all
     */
    record LoaderFailed<V>(Throwable failure, boolean callersOwn) implements Answer<V> {

        LoaderFailed(Throwable failure) {
            this(failure, false);
        }

        /** Whether its caller gave up, or had to, which is no outcome for other callers. */
        boolean isAborted() {
            return callersOwn || Failures.isAbort(failure);
        }

        /** The same where its caller wants no other answer either. */
        boolean isGivenUp() {
            return isAborted() && !(failure instanceof LoadRejectedException);
        }
    }

    default @Nullable V get() {
        if (this instanceof Value<V> answer) {
            return answer.value();
        }
        if (this instanceof Stale<V> answer) {
            return answer.value();
        }
        throw Failures.thrown(((LoaderFailed<V>) this).failure());
    }
}
