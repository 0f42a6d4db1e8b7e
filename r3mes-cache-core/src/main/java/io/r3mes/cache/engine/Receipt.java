package io.r3mes.cache.engine;

import io.r3mes.cache.Invalidation;
import io.r3mes.cache.spi.Event;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** What the caller of an invalidation holds: it turns from pending to acknowledged at most once. Thread-safe. */
final class Receipt implements Invalidation {

    private static final long PENDING = Long.MIN_VALUE;

    private final Event event;
    private final Everywhere everywhere;
    private final CompletableFuture<Long> removed = new CompletableFuture<>();
    private volatile long position = PENDING;

    Receipt(Event event, Everywhere everywhere) {
        this.event = event;
        this.everywhere = everywhere;
    }

    Event event() {
        return event;
    }

    void acknowledge(long acknowledgedAt) {
        position = acknowledgedAt;
    }

    void removed(long count) {
        removed.complete(count);
    }

    @Override
    public OptionalLong position() {
        long at = position;
        return at == PENDING ? OptionalLong.empty() : OptionalLong.of(at);
    }

    @Override
    public CompletableFuture<Long> removed() {
        return removed.copy();
    }

    @Override
    public boolean awaitEverywhere(Duration timeout) {
        long at = position;
        return at != PENDING && everywhere.await(at, timeout);
    }

    @Override
    public String toString() {
        return "Invalidation[" + event + ", " + (isPending() ? "pending" : "position=" + position) + "]";
    }
}
