package io.r3mes.cache;

import org.jspecify.annotations.Nullable;

/** Reads the value of one id from its source. Called at most once per attempt. */
@FunctionalInterface
public interface Loader<K, V, X extends Exception> {

    @Nullable V load(K id, LoadContext context) throws X;

    /**
     * Whether it reads what belongs to its caller's thread, such as a transaction. Then it runs there, and the caller waits
     * for it without a {@linkplain LoadTimeouts time-out}. Asked once per read.
     */
    default boolean needsCallersThread() {
        return false;
    }
}
