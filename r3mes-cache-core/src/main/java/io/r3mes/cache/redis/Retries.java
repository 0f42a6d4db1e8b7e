package io.r3mes.cache.redis;

import io.lettuce.core.RedisCommandTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A command that is sent again while Redis refuses it for the moment, a few times within its own time-out. It is never
 * sent again after anything but a {@link Refusal}.
 */
final class Retries<T extends @Nullable Object> {

    private static final int MOST = 5;

    private final Supplier<CompletionStage<T>> command;
    private final ScheduledExecutorService timer;
    private final CompletableFuture<T> answer = new CompletableFuture<>();

    private Retries(Supplier<CompletionStage<T>> command, ScheduledExecutorService timer) {
        this.command = command;
        this.timer = timer;
    }

    static <T extends @Nullable Object> CompletionStage<T> send(
            Supplier<CompletionStage<T>> command, ScheduledExecutorService timer, Duration timeout) {
        return command.get()
                .exceptionallyCompose(failure -> isPassing(failure)
                        ? new Retries<>(command, timer).within(timeout, failure)
                        : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<T> within(Duration timeout, Throwable refused) {
        try {
            Future<?> deadline = timer.schedule(
                    () -> answer.completeExceptionally(
                            new RedisCommandTimeoutException("Refused again and again, then no answer")),
                    timeout.toNanos(),
                    TimeUnit.NANOSECONDS);
            answer.whenComplete((value, failure) -> deadline.cancel(false));
        } catch (RejectedExecutionException timerStopped) {
            answer.completeExceptionally(refused);
        }
        again(0, refused);
        return answer;
    }

    private void again(int tries, Throwable refused) {
        if (tries == MOST) {
            answer.completeExceptionally(refused);
            return;
        }
        try {
            Future<?> unused = timer.schedule(() -> send(tries), 1L << tries, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException timerStopped) {
            answer.completeExceptionally(refused);
        }
    }

    private void send(int tries) {
        if (answer.isDone()) {
            return;
        }
        command.get().whenComplete((value, failure) -> {
            if (failure == null) {
                answer.complete(value);
            } else if (isPassing(failure)) {
                again(tries + 1, failure);
            } else {
                answer.completeExceptionally(failure);
            }
        });
    }

    private static boolean isPassing(Throwable failure) {
        Refusal refusal = Refusal.of(failure);
        return refusal != null && refusal.isPassing();
    }
}
