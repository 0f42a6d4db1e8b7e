package io.r3mes.cache.engine;

import java.util.concurrent.CompletionException;

/** Carries exceptions through unchanged. */
final class Failures {

    private Failures() {}

    /** Throws {@code failure} as it is, checked or not. Never returns; its type lets callers write {@code throw}. */
    static RuntimeException thrown(Throwable failure) {
        Failures.<RuntimeException>disguise(failure);
        throw new IllegalStateException(failure);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"
    }) // The cast is erased: the very exception is thrown.
    private static <X extends Throwable> void disguise(Throwable failure) throws X {
        throw (X) failure;
    }

    /** What a stage failed with, without the wrapper that dependent stages add. */
    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
