package io.r3mes.cache.engine;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The executor of a blocking call: the steps of the call run on the thread that waits for it, so that blocking and
 * asynchronous callers share one path. Steps that arrive after the call has ended run on the fallback.
 *
 * <p>An interrupt does not end the wait, because every step is bounded in time; the flag is kept for the caller. The waiting
 * thread is parked with this object as its blocker.
 */
final class CallerThread implements Executor, BiConsumer<@Nullable Object, @Nullable Throwable> {

    private final Thread thread = Thread.currentThread();
    private final Executor fallback;
    /** There is seldom more than one step at a time, so the first one takes no queue. */
    private @Nullable Runnable first; // guarded by this

    private @Nullable Queue<Runnable> others; // guarded by this
    private boolean ended; // guarded by this
    private boolean expecting; // of this thread
    private volatile @Nullable CompletableFuture<?> awaited;

    private CallerThread(Executor fallback) {
        this.fallback = fallback;
    }

    /** The result of {@code work}, whose steps run here. */
    static <T> T call(Executor fallback, Function<Executor, CompletableFuture<T>> work) {
        CallerThread here = begin(fallback);
        return here.await(work.apply(here));
    }

    /** For one call of {@link #await} by the calling thread. */
    static CallerThread begin(Executor fallback) {
        return new CallerThread(fallback);
    }

    /** The result of what was begun with this executor. */
    <T> T await(CompletableFuture<T> result) {
        if (!result.isDone()) {
            awaited = result;
            runUntil(result);
        }
        end();
        try {
            return result.join();
        } catch (CompletionException failure) {
            throw Failures.thrown(Failures.cause(failure));
        }
    }

    /**
     * Tells, before {@link #await}, that what will be awaited cannot complete before a step has run here: until then it need
     * not wake the thread up.
     */
    void expectStep() {
        expecting = awaited == null && Thread.currentThread() == thread;
    }

    @Override
    public void execute(Runnable step) {
        if (!add(step)) {
            fallback.execute(step);
        } else if (Thread.currentThread() != thread) {
            LockSupport.unpark(thread);
        }
    }

    /** Wakes the thread up when what it waits for is complete. */
    @Override
    public void accept(@Nullable Object value, @Nullable Throwable failure) {
        if (Thread.currentThread() != thread) {
            LockSupport.unpark(thread);
        }
    }

    /** Whether the thread has something to do, though it may not have woken up yet. */
    boolean hasSteps() {
        CompletableFuture<?> result = awaited;
        synchronized (this) {
            return first != null || (result != null && result.isDone());
        }
    }

    private void runUntil(CompletableFuture<?> result) {
        boolean wakesUp = false;
        boolean interrupted = false;
        while (!result.isDone()) {
            Runnable step = poll();
            if (step != null) {
                expecting = false;
                step.run();
            } else if (!expecting && !wakesUp) {
                result.whenComplete(this);
                wakesUp = true;
            } else {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            thread.interrupt();
        }
    }

    private synchronized boolean add(Runnable step) {
        if (ended) {
            return false;
        }
        if (first == null) {
            first = step;
        } else {
            others = others == null ? new ArrayDeque<>() : others;
            others.add(step);
        }
        return true;
    }

    private synchronized @Nullable Runnable poll() {
        Runnable step = first;
        first = others == null ? null : others.poll();
        return step;
    }

    private void end() {
        synchronized (this) {
            ended = true;
        }
        for (Runnable step = poll(); step != null; step = poll()) {
            fallback.execute(step);
        }
    }
}
