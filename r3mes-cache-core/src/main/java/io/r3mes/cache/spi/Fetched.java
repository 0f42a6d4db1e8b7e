package io.r3mes.cache.spi;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What a read of several keys brought.
 *
 * @param values in the order of the keys, null where there is none and where it is not known
 * @param failures why a value is not known, by the place of its key; empty if all are
 */
public record Fetched(List<byte @Nullable []> values, Map<Integer, Throwable> failures) {

    /** All values are known. */
    public static Fetched of(List<byte @Nullable []> values) {
        return new Fetched(values, Map.of());
    }

    /** Gathers reads of one key each. Completes when all have ended, and never exceptionally: each fails for itself. */
    public static CompletionStage<Fetched> gather(List<? extends CompletionStage<byte @Nullable []>> reads) {
        List<CompletableFuture<byte @Nullable []>> all = new ArrayList<>(reads.size());
        reads.forEach(read -> all.add(read.toCompletableFuture()));
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .handle((done, failure) -> failure == null ? allOf(all) : someOf(all));
    }

    private static Fetched allOf(List<CompletableFuture<byte @Nullable []>> all) {
        List<byte @Nullable []> values = new ArrayList<>(all.size());
        all.forEach(read -> values.add(read.join()));
        return of(values);
    }

    private static Fetched someOf(List<CompletableFuture<byte @Nullable []>> all) {
        List<byte @Nullable []> values = new ArrayList<>(all.size());
        Map<Integer, Throwable> failures = new HashMap<>();
        for (CompletableFuture<byte @Nullable []> read : all) {
            Throwable failure = read.isCompletedExceptionally() ? failureOf(read) : null;
            if (failure != null) {
                failures.put(values.size(), failure);
            }
            values.add(failure == null ? read.join() : null);
        }
        return new Fetched(values, failures);
    }

    private static @Nullable Throwable failureOf(CompletableFuture<byte @Nullable []> read) {
        return read.<@Nullable Throwable>handle(
                        (value, failure) -> failure instanceof CompletionException wrapped && wrapped.getCause() != null
                                ? wrapped.getCause()
                                : failure)
                .join();
    }
}
