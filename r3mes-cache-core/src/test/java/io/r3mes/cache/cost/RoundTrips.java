package io.r3mes.cache.cost;

import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.RemoteStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/**
 * Counts how often a call waits for Redis. While a call is counted, answers of the ports are held back until the calling
 * thread is parked, so that all it can send has been sent; they are then handed over together, as one round trip. How fast
 * Redis is, and who is scheduled when, does not change the count.
 */
final class RoundTrips {

    /** What no caller waits for: following the log, and freeing memory. */
    private static final Set<String> BACKGROUND =
            Set.of("beat", "read", "nodes", "leave", "scan", "births", "unlinkBornBefore");

    private final List<Held<?>> held = new ArrayList<>(); // guarded by this
    private boolean counting; // guarded by this

    RemoteStore between(RemoteStore real) {
        return between(RemoteStore.class, real);
    }

    InvalidationLog between(InvalidationLog real) {
        return between(InvalidationLog.class, real);
    }

    /** Makes a call on a thread of its own. */
    int of(Callable<?> call) throws ExecutionException, InterruptedException {
        synchronized (this) {
            counting = true;
        }
        FutureTask<?> task = new FutureTask<>(call);
        Thread caller = new Thread(task, "counted");
        caller.start();
        int trips = 0;
        while (awaitTrip(caller)) {
            handOver();
            trips++;
        }
        synchronized (this) {
            counting = false;
        }
        handOver();
        task.get();
        return trips;
    }

    /** Whether the caller waits for answers rather than having ended. */
    private boolean awaitTrip(Thread caller) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(1))
                .pollDelay(Duration.ZERO)
                .atMost(Duration.ofSeconds(10))
                .until(() -> !caller.isAlive() || waits(caller));
        return caller.isAlive();
    }

    private boolean waits(Thread caller) {
        // In this order: a caller that sent something since the last trip was awake then, and if it is parked now, it
        // has sent all.
        boolean sent;
        synchronized (this) {
            sent = !held.isEmpty();
        }
        return sent && LockSupport.getBlocker(caller) != null;
    }

    private void handOver() {
        List<Held<?>> trip;
        synchronized (this) {
            trip = List.copyOf(held);
            held.clear();
        }
        trip.forEach(Held::handOver);
    }

    private <T> T between(Class<T> port, T real) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(real, arguments);
                        return result instanceof CompletionStage<?> stage && !BACKGROUND.contains(method.getName())
                                ? hold(stage)
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private synchronized <T> CompletionStage<T> hold(CompletionStage<T> real) {
        if (!counting) {
            return real;
        }
        Held<T> answer = new Held<>(real.toCompletableFuture(), new CompletableFuture<>());
        held.add(answer);
        return answer.given();
    }

    private record Held<T>(CompletableFuture<T> real, CompletableFuture<T> given) {

        void handOver() {
            real.handle((value, failure) ->
                            failure == null ? given.complete(value) : given.completeExceptionally(failure))
                    .join();
        }
    }
}
