package io.r3mes.cache.engine;

import java.util.concurrent.CompletionException;

/** Carries exceptions through unchanged. */
final class Failures {

    private Failures() {}

    /** Throws {@code failure} as it is, checked or not. */
    @SuppressWarnings("unchecked") // The cast is erased: the very exception is thrown.
    static <X extends Throwable> X unchecked(Throwable failure) throws X {
        throw (X) failure;
    }

    /** What a stage failed with, without the wrapper that dependent stages add. */
    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
