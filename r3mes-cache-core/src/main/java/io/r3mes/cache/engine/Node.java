package io.r3mes.cache.engine;

import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.TagIndex;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What all caches of one node share.
 *
 * @param uncached counts the loads whose value could not be cached because Redis did not answer
 * @param loading the threads inside loaders, of all domains
 */
record Node(
        RemoteStore remote,
        InvalidationLog log,
        TagIndex tagIndex,
        Environment environment,
        CacheObserver observer,
        Timeline timeline,
        ServerClock serverClock,
        AtomicLong uncached,
        LoadingThreads loading) {

    private static final HexFormat HEX = HexFormat.of();

    /** A token that no other attempt, on any node, has or will have. */
    String newToken() {
        return token(environment);
    }

    static String token(Environment environment) {
        return HEX.toHexDigits(environment.random().nextLong())
                + HEX.toHexDigits(environment.random().nextLong());
    }

    /** Completes after a delay, on the timer's thread. */
    CompletableFuture<Void> pause(Duration delay) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        environment.timer().after(delay, () -> over.complete(null));
        return over;
    }

    /** What a stage brings, or null once a delay is over. */
    <T> CompletableFuture<@Nullable T> within(Duration delay, CompletableFuture<T> stage) {
        CompletableFuture<@Nullable T> first = new CompletableFuture<>();
        Runnable cancel = environment.timer().after(delay, () -> first.complete(null));
        stage.whenComplete((brought, failure) -> {
            cancel.run();
            if (failure == null) {
                first.complete(brought);
            } else {
                first.completeExceptionally(Failures.cause(failure));
            }
        });
        return first;
    }

    long now() {
        return environment.nanoTime();
    }
}
