package io.r3mes.cache.engine;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/**
 * The executor of a blocking call: the steps of the call run on the thread that waits for it, so that blocking and
 * asynchronous callers share one path. Steps that arrive after the call has ended run on the fallback.
 *
 * <p>An interrupt does not end the wait, because every step is bounded in time; the flag is kept for the caller.
 */
final class CallerThread implements Executor {

    private static final Runnable WAKE_UP = CallerThread::wakeUp;

    private final BlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();
    private final Executor fallback;
    private boolean ended;

    private CallerThread(Executor fallback) {
        this.fallback = fallback;
    }

    /** The result of {@code work}, whose steps run here. */
    static <T> T call(Executor fallback, Function<Executor, CompletableFuture<T>> work) {
        CallerThread here = new CallerThread(fallback);
        CompletableFuture<T> result = work.apply(here);
        boolean interrupted = false;
        if (!result.isDone()) {
            result.whenComplete((value, failure) -> here.execute(WAKE_UP));
            while (!result.isDone()) {
                try {
                    here.steps.take().run();
                } catch (InterruptedException interrupt) {
                    interrupted = true;
                }
            }
        }
        here.end();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try {
            return result.join();
        } catch (CompletionException failure) {
            throw Failures.thrown(Failures.cause(failure));
        }
    }

    @Override
    public void execute(Runnable step) {
        synchronized (this) {
            if (!ended) {
                steps.add(step);
                return;
            }
        }
        if (step != WAKE_UP) {
            fallback.execute(step);
        }
    }

    private static void wakeUp() {}

    private void end() {
        synchronized (this) {
            ended = true;
        }
        for (Runnable step = steps.poll(); step != null; step = steps.poll()) {
            if (step != WAKE_UP) {
                fallback.execute(step);
            }
        }
    }
}
