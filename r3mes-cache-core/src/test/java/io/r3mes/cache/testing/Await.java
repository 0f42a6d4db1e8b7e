package io.r3mes.cache.testing;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for the outcome of a stage. */
public final class Await {

    private Await() {}

    public static <T extends @Nullable Object> T result(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(10, SECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("The stage does not complete", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What the stage fails with; null if it does not fail. */
    public static @Nullable Throwable failure(CompletionStage<?> stage) {
        try {
            result(stage);
            return null;
        } catch (CompletionException e) {
            return e.getCause() instanceof CompletionException inner ? inner.getCause() : e.getCause();
        }
    }
}
