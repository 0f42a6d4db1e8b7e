package io.r3mes.cache.engine;

import org.jspecify.annotations.Nullable;

/**
 * The thread that runs one read's loader: the caller's, until the loader is handed to another one. Thread-safe; what it
 * tells of another thread may be over already.
 */
final class LoaderThread {

    private volatile @Nullable Thread thread;

    /**
     * @param thread null if it is not known
     */
    LoaderThread(@Nullable Thread thread) {
        this.thread = thread;
    }

    @Nullable Thread get() {
        return thread;
    }

    boolean isKnown() {
        return thread != null;
    }

    boolean isCurrent() {
        return thread == Thread.currentThread();
    }

    /** The calling thread runs the loader from now on. */
    void moveHere() {
        thread = Thread.currentThread();
    }
}
