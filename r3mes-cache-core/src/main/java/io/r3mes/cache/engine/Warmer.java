package io.r3mes.cache.engine;

import io.r3mes.cache.WarmStatus;
import io.r3mes.cache.WarmTask;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One warm task and what became of its runs. Thread-safe; runs of one task may overlap.
 *
 * <p>A run during which a value was loaded that could not be cached, by whomever, counts as failed: it may have been the
 * task's.
 */
final class Warmer {

    private static final Logger LOG = LoggerFactory.getLogger(Warmer.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Node node;
    private final WarmTask task;
    private final AtomicInteger running = new AtomicInteger();

    /** Guarded by this. */
    private WarmStatus status;
    /** Guarded by this. */
    private Runnable cancel = () -> {};
    /** Guarded by this. */
    private Runnable cancelRepetition = () -> {};
    /** How long after an uncached run it is repeated. Guarded by this. */
    private Duration pause = FIRST_PAUSE;
    /** Guarded by this. */
    private boolean repeats;

    Warmer(Node node, WarmTask task) {
        this.node = node;
        this.task = task;
        this.status = new WarmStatus(task.name(), 0, 0, null, Duration.ZERO, null);
    }

    WarmTask task() {
        return task;
    }

    synchronized WarmStatus status() {
        return status;
    }

    /** Repeats uncached runs from now on. */
    synchronized void start() {
        repeats = true;
    }

    synchronized void cancelBy(Runnable cancellation) {
        cancel = cancellation;
    }

    synchronized void cancel() {
        repeats = false;
        cancel.run();
        cancelRepetition.run();
    }

    /** Runs on the executor. Never completes exceptionally. */
    CompletableFuture<WarmStatus> run(WarmTask.Trigger trigger) {
        running.incrementAndGet();
        CompletableFuture<WarmStatus> run;
        try {
            run = CompletableFuture.supplyAsync(
                    () -> runHere(trigger), node.environment().executor());
        } catch (RejectedExecutionException saturated) {
            run = CompletableFuture.completedFuture(ended(Duration.ZERO, saturated.toString()));
        }
        return run.whenComplete((status, never) -> running.decrementAndGet());
    }

    /** Whether a run is queued or under way. */
    boolean isRunning() {
        return running.get() > 0;
    }

    private WarmStatus runHere(WarmTask.Trigger trigger) {
        long startedAt = node.now();
        long uncachedBefore = node.uncached().get();
        String failure = null;
        try {
            task.action().run(trigger);
        } catch (Throwable failed) {
            failure = failed.toString();
            if (status().lastFailure() == null) {
                LOG.warn("Warmer '{}' began to fail", task.name(), failed);
            }
        }
        boolean uncached = node.uncached().get() != uncachedBefore;
        if (uncached && failure == null) {
            failure = "Redis did not answer, so what was loaded is not cached";
        }
        repeatIf(uncached, trigger);
        return ended(Duration.ofNanos(node.now() - startedAt), failure);
    }

    /** Any later run stands for the repetition of an earlier one. */
    private synchronized void repeatIf(boolean uncached, WarmTask.Trigger trigger) {
        cancelRepetition.run();
        cancelRepetition = () -> {};
        if (!uncached || !repeats) {
            pause = FIRST_PAUSE;
            return;
        }
        cancelRepetition = node.environment().timer().after(pause, () -> run(trigger));
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    private synchronized WarmStatus ended(Duration took, @Nullable String failure) {
        Instant at = Instant.EPOCH.plusNanos(node.serverClock().earliest(node.now()) * 1_000);
        status = new WarmStatus(
                task.name(), status.runs() + 1, status.failures() + (failure == null ? 0 : 1), at, took, failure);
        return status;
    }
}
