package io.r3mes.cache.engine;

import io.r3mes.cache.Invalidation;
import io.r3mes.cache.spi.Event;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What the caller of an invalidation holds: it turns from pending to acknowledged at most once. Thread-safe. */
final class Receipt implements Invalidation {

    private static final long PENDING = Long.MIN_VALUE;

    private final Event event;
    private final Everywhere everywhere;
    private final boolean forOthers;
    private final CompletableFuture<Long> removed = new CompletableFuture<>();
    /** Whether the count matters to anybody: only then another receipt may hold on to this one. */
    private boolean asked;

    private volatile long position = PENDING;
    private volatile @Nullable Receipt absorber;

    Receipt(Event event, Everywhere everywhere) {
        this(event, everywhere, false);
    }

    private Receipt(Event event, Everywhere everywhere, boolean forOthers) {
        this.event = event;
        this.everywhere = everywhere;
        this.forOthers = forOthers;
    }

    /** The receipt of an invalidation of everything that absorbs others. */
    static Receipt forOthers(Everywhere everywhere) {
        return new Receipt(new Event.All(), everywhere, true);
    }

    Event event() {
        return event;
    }

    boolean isForOthers() {
        return forOthers;
    }

    void acknowledge(long acknowledgedAt) {
        position = acknowledgedAt;
    }

    void removed(long count) {
        removed.complete(count);
    }

    /** From now on it is acknowledged when an invalidation is that covers more; what that removes is not its count. */
    synchronized void absorbedBy(Receipt covering) {
        absorber = covering;
        if (asked) {
            follow(covering);
        }
    }

    private void follow(Receipt covering) {
        covering.removed().thenAccept(count -> removed.complete(0L));
    }

    /** The receipt that speaks for this one: itself, unless it was absorbed before it was acknowledged. */
    private Receipt speaker() {
        Receipt speaker = this;
        for (Receipt next = this; next != null && speaker.position == PENDING; next = next.absorber) {
            speaker = next;
        }
        return speaker;
    }

    @Override
    public OptionalLong position() {
        long at = speaker().position;
        return at == PENDING ? OptionalLong.empty() : OptionalLong.of(at);
    }

    @Override
    public synchronized CompletableFuture<Long> removed() {
        if (!asked) {
            asked = true;
            Receipt speaker = speaker();
            if (speaker != this) {
                follow(speaker);
            }
        }
        return removed.copy();
    }

    @Override
    public boolean awaitEverywhere(Duration timeout) {
        return !isPending() && everywhere.await(reached(timeout));
    }

    /** What {@link #awaitEverywhere} waits for. */
    CompletableFuture<Boolean> reached(Duration timeout) {
        OptionalLong at = position();
        return at.isPresent() ? everywhere.reached(at.getAsLong(), timeout) : CompletableFuture.completedFuture(false);
    }

    @Override
    public String toString() {
        return "Invalidation[" + event + ", "
                + (isPending() ? "pending" : "position=" + position().orElse(0)) + "]";
    }
}
