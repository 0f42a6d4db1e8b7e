package io.r3mes.cache.benchmarks;

import java.time.Duration;

/**
 * How long a run takes.
 *
 * @param rounds how often each thing is measured, ours and the floor in turn; medians count
 * @param warmUp before what is measured by time
 * @param round one measurement of what is measured by time
 * @param scale what counts of keys are multiplied with
 */
public record Plan(int rounds, Duration warmUp, Duration round, double scale) {

    /** For figures that are published: less than 25 minutes. */
    public static final Plan FULL = new Plan(5, Duration.ofSeconds(4), Duration.ofSeconds(3), 1);
    /** For a look: about 4 minutes. */
    public static final Plan SAMPLE = new Plan(3, Duration.ofSeconds(1), Duration.ofSeconds(1), 0.1);

    /** A count of keys, fitted to the run. */
    public int keys(int full) {
        return (int) (full * scale);
    }
}
