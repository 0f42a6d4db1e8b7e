package io.r3mes.cache.testing;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong with the operations of a port, from the next call on and until {@link #heal}. Thread-safe.
 *
 * @param <O> names the operations
 */
public final class Faults<O extends Enum<O>> {

    private final Class<O> operations;
    private final Map<O, Fault> faults;
    private final Map<O, AtomicLong> sent;

    Faults(Class<O> operations) {
        this.operations = operations;
        this.faults = new EnumMap<>(operations);
        this.sent = new EnumMap<>(operations);
        for (O operation : EnumSet.allOf(operations)) {
            sent.put(operation, new AtomicLong());
        }
    }

    private sealed interface Fault {

        record Fail() implements Fault {}

        record Drop() implements Fault {}

        record Delay(Duration by) implements Fault {}
    }

    /** They do not reach the server, and fail. Without operations, all. */
    @SafeVarargs
    public final void fail(O... chosen) {
        begin(new Fault.Fail(), chosen);
    }

    /** The server does them, but the answer is lost: they fail once they are done. Without operations, all. */
    @SafeVarargs
    public final void drop(O... chosen) {
        begin(new Fault.Drop(), chosen);
    }

    /** They are sent later by that much. Without operations, all. */
    @SafeVarargs
    public final void delay(Duration by, O... chosen) {
        begin(new Fault.Delay(by), chosen);
    }

    /** Ends all faults. What was delayed is still sent when its time has come. */
    public synchronized void heal() {
        faults.clear();
    }

    /** How often an operation was asked for, whatever became of it. */
    public long asked(O operation) {
        return counter(operation).get();
    }

    <T extends @Nullable Object> CompletionStage<T> around(O operation, Supplier<CompletionStage<T>> real) {
        counter(operation).incrementAndGet();
        Fault fault = fault(operation);
        if (fault instanceof Fault.Fail) {
            return CompletableFuture.failedFuture(new IOException(operation + " fails, as the test wants"));
        }
        if (fault instanceof Fault.Drop) {
            return real.get()
                    .thenCompose(done -> CompletableFuture.failedFuture(
                            new IOException("The answer of " + operation + " is lost, as the test wants")));
        }
        if (fault instanceof Fault.Delay delay) {
            return CompletableFuture.supplyAsync(
                            real, CompletableFuture.delayedExecutor(delay.by().toNanos(), TimeUnit.NANOSECONDS))
                    .thenCompose(stage -> stage);
        }
        return real.get();
    }

    private synchronized void begin(Fault fault, O[] chosen) {
        Set<O> affected = EnumSet.noneOf(operations);
        affected.addAll(chosen.length == 0 ? EnumSet.allOf(operations) : Set.of(chosen));
        affected.forEach(operation -> faults.put(operation, fault));
    }

    private synchronized @Nullable Fault fault(O operation) {
        return faults.get(operation);
    }

    private AtomicLong counter(O operation) {
        return sent.getOrDefault(operation, new AtomicLong());
    }
}
