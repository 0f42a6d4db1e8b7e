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

/** One warm task and what became of its runs. Thread-safe; runs of one task may overlap. */
final class Warmer {

    private static final Logger LOG = LoggerFactory.getLogger(Warmer.class);

    private final Node node;
    private final WarmTask task;
    private final AtomicInteger running = new AtomicInteger();

    /** Guarded by this. */
    private WarmStatus status;
    /** Guarded by this. */
    private Runnable cancel = () -> {};

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

    synchronized void cancelBy(Runnable cancellation) {
        cancel = cancellation;
    }

    synchronized void cancel() {
        cancel.run();
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
        String failure = null;
        try {
            task.action().run(trigger);
        } catch (Throwable failed) {
            failure = failed.toString();
            if (status().lastFailure() == null) {
                LOG.warn("Warmer '{}' began to fail", task.name(), failed);
            }
        }
        return ended(Duration.ofNanos(node.now() - startedAt), failure);
    }

    private synchronized WarmStatus ended(Duration took, @Nullable String failure) {
        Instant at = Instant.EPOCH.plusNanos(node.serverClock().earliest(node.now()) * 1_000);
        status = new WarmStatus(
                task.name(), status.runs() + 1, status.failures() + (failure == null ? 0 : 1), at, took, failure);
        return status;
    }
}
