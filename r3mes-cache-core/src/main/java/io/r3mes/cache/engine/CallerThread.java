package io.r3mes.cache.engine;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * The executor of a blocking call: the steps of the call run on the thread that waits for it, so that blocking and
 * asynchronous callers share one path. Steps that arrive after the call has ended run on the fallback.
 *
 * <p>An interrupt does not end the wait, because every step is bounded in time; the flag is kept for the caller. The waiting
 * thread is parked with this object as its blocker.
 */
final class CallerThread implements Executor {

    private static final Runnable WAKE_UP = CallerThread::wakeUp;

    private final Queue<Runnable> steps = new ConcurrentLinkedQueue<>();
    private final Thread thread = Thread.currentThread();
    private final Executor fallback;
    private volatile boolean ended;

    private CallerThread(Executor fallback) {
        this.fallback = fallback;
    }

    /** The result of {@code work}, whose steps run here. */
    static <T> T call(Executor fallback, Function<Executor, CompletableFuture<T>> work) {
        CallerThread here = new CallerThread(fallback);
        CompletableFuture<T> result = work.apply(here);
        if (!result.isDone()) {
            result.whenComplete((value, failure) -> here.execute(WAKE_UP));
            here.runUntil(result);
        }
        here.end();
        try {
            return result.join();
        } catch (CompletionException failure) {
            throw Failures.thrown(Failures.cause(failure));
        }
    }

    @Override
    public void execute(Runnable step) {
        steps.add(step);
        if (ended) {
            handOver();
        } else if (Thread.currentThread() != thread) {
            LockSupport.unpark(thread);
        }
    }

    /** Whether the thread has something to do, though it may not have woken up yet. */
    boolean hasSteps() {
        return !steps.isEmpty();
    }

    private void runUntil(CompletableFuture<?> result) {
        boolean interrupted = false;
        while (!result.isDone()) {
            Runnable step = steps.poll();
            if (step != null) {
                step.run();
            } else {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            thread.interrupt();
        }
    }

    private static void wakeUp() {}

    private void end() {
        ended = true;
        handOver();
    }

    private void handOver() {
        for (Runnable step = steps.poll(); step != null; step = steps.poll()) {
            if (step != WAKE_UP) {
                fallback.execute(step);
            }
        }
    }
}
