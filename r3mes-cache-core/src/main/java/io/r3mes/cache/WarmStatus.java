package io.r3mes.cache;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of a warm task on this node.
 *
 * @param runs runs that ended, failures included
 * @param failures runs that failed
 * @param lastRun when the last one ended, or null before the first
 * @param lastDuration how long it took
 * @param lastFailure the message of the last run's failure, or null if it succeeded
 */
public record WarmStatus(
        String task,
        long runs,
        long failures,
        @Nullable Instant lastRun,
        Duration lastDuration,
        @Nullable String lastFailure) {}
