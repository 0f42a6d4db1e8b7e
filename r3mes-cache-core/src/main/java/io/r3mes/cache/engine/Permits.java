package io.r3mes.cache.engine;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A number of permits, handed to those who wait in the order in which they came. Whoever gets one must {@link #release} it.
 * Guarded by its monitor; futures are completed outside.
 */
@SuppressWarnings("CollectionUndefinedEquality") // A future is equal to itself only, which is meant.
final class Permits {

    private static final int MOST_WAITING = 10_000;

    private final int most;
    private final Set<CompletableFuture<Boolean>> waiting = new LinkedHashSet<>();
    private int taken;

    /**
     * @param most how many there are; 0 for any number
     */
    Permits(int most) {
        this.most = most;
    }

    boolean areUnlimited() {
        return most == 0;
    }

    /** A permit, now or later; null if too many wait already. */
    synchronized @Nullable CompletableFuture<Boolean> take() {
        if (most == 0 || taken < most) {
            taken++;
            return CompletableFuture.completedFuture(true);
        }
        if (waiting.size() >= MOST_WAITING) {
            return null;
        }
        CompletableFuture<Boolean> place = new CompletableFuture<>();
        waiting.add(place);
        return place;
    }

    /** Gives up waiting. False if the permit has been handed over. */
    synchronized boolean leave(CompletableFuture<Boolean> place) {
        return waiting.remove(place);
    }

    /** Gives a permit back, or to the one who has waited longest. */
    void release() {
        CompletableFuture<Boolean> next = null;
        synchronized (this) {
            if (waiting.isEmpty()) {
                taken--;
            } else {
                next = waiting.iterator().next();
                waiting.remove(next);
            }
        }
        if (next != null) {
            next.complete(true);
        }
    }
}
