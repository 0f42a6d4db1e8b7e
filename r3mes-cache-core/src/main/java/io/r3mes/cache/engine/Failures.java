package io.r3mes.cache.engine;

import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

/** Carries exceptions through unchanged. */
final class Failures {

    private static final int DEEPEST = 16;

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

    /** Whether a failure, or what caused it, is the end of a thread's or a future's patience and not of the source. */
    static boolean isAbort(Throwable failure) {
        Throwable each = failure;
        for (int depth = 0; each != null && depth < DEEPEST; depth++) {
            if (each instanceof InterruptedException
                    || each instanceof CancellationException
                    || each instanceof ClosedByInterruptException) {
                return true;
            }
            each = each.getCause();
        }
        return false;
    }

    /** What a stage failed with, without the wrapper that dependent stages add. */
    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
