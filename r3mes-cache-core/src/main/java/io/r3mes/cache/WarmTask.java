package io.r3mes.cache;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One thing to warm and when.
 *
 * @param name unique among the tasks of a warmer
 * @param onStartup whether it runs once at start-up, keeping a valid entry where there is one
 * @param every its period, or null; in each period one node of the cluster runs it
 * @param events types whose instances, or instances of subtypes, run it on the node that publishes them
 * @param action what to do; runs on the warmer's executor
 */
public record WarmTask(
        String name, boolean onStartup, @Nullable Duration every, Set<Class<?>> events, Action action) {

    public WarmTask {
        if (every != null && (every.isZero() || every.isNegative())) {
            throw new IllegalArgumentException("Warmer '" + name + "': the period must be positive, but is " + every);
        }
        events = Set.copyOf(events);
    }

    /**
     * Warms. A failure is counted and reported in the status, and never stops the schedule. A run during which a loaded
     * value could not be cached because Redis did not answer counts as a failure too, and is repeated after 100 ms,
     * doubling up to 30 s, until one succeeds.
     */
    @FunctionalInterface
    public interface Action {
        void run(Trigger trigger) throws Exception;
    }

    /**
     * Why a task runs.
     *
     * @param cause what started it
     * @param event the application event, or null for the other causes
     */
    public record Trigger(Cause cause, @Nullable Object event) {}

    /** What can start a task. */
    public enum Cause {
        STARTUP,
        SCHEDULE,
        EVENT,
        CALL
    }
}
