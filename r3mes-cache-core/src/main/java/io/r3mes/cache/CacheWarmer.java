package io.r3mes.cache;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Fills caches before they are asked: at start-up, periodically and on application events. Thread-safe. */
public interface CacheWarmer {

    /**
     * Adds a task and starts its schedule once {@link #start} was called.
     *
     * @throws IllegalArgumentException if a task of that name is registered
     */
    void register(WarmTask task);

    /** Starts the schedules and runs the start-up tasks. The future completes when all of those have ended. Idempotent. */
    CompletableFuture<Void> start();

    /** Ends the schedules; a run in progress goes on. {@link #start} may follow. */
    void stop();

    /**
     * Runs one task now. The future completes with its result, and never exceptionally.
     *
     * @throws IllegalArgumentException if no task has that name
     */
    CompletableFuture<WarmStatus> warm(String task);

    /** Runs every task that needs no event. */
    CompletableFuture<List<WarmStatus>> warmAll();

    /** Hands an application event to the tasks that listen for its type. */
    CompletableFuture<List<WarmStatus>> onEvent(Object event);

    /** The last result of each task. */
    List<WarmStatus> status();
}
