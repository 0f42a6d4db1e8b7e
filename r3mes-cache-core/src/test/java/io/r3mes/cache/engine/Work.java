package io.r3mes.cache.engine;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;

/** Work on a thread of its own, for calls that wait while the clock moves. */
final class Work<T> extends CompletableFuture<T> {

    private final Thread thread;

    private Work(Callable<T> calls) {
        thread = new Thread(() -> run(calls));
        thread.setDaemon(true);
    }

    static <T> Work<T> start(Callable<T> calls) {
        Work<T> work = new Work<>(calls);
        work.thread.start();
        return work;
    }

    /**
     * Whether it does something or is about to, so that a clock that moved now would find it between two of its steps: a
     * thread that has been handed a step looks parked until it runs.
     */
    boolean isBusy() {
        if (LockSupport.getBlocker(thread) instanceof CallerThread caller && caller.hasSteps()) {
            return true;
        }
        Thread.State state = thread.getState();
        return state != Thread.State.WAITING && state != Thread.State.TERMINATED;
    }

    private void run(Callable<T> calls) {
        try {
            complete(calls.call());
        } catch (Throwable failure) {
            completeExceptionally(new CompletionException(failure));
        }
    }
}
