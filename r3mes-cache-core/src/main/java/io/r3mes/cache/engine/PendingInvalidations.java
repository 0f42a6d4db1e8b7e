package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Invalidations that Redis has yet to acknowledge, oldest first. A full queue becomes one invalidation of everything.
 * Thread-safe.
 */
final class PendingInvalidations {

    private final int capacity;
    private final Deque<Receipt> queue = new ArrayDeque<>();
    /** Receipts that the invalidation of everything stands for; bounded like the queue. */
    private final List<Receipt> absorbed = new ArrayList<>();

    private @Nullable Receipt absorber;

    PendingInvalidations(int capacity) {
        this.capacity = capacity;
    }

    /** Queues a receipt. Returns what must be recorded locally: its event, or everything when the queue overflowed. */
    synchronized Event add(Receipt receipt, Everywhere everywhere) {
        if (queue.size() < capacity) {
            queue.addLast(receipt);
            return receipt.event();
        }
        Receipt all = new Receipt(new Event.All(), everywhere);
        absorber = all;
        absorbed.clear();
        absorbed.addAll(queue);
        absorbed.add(receipt);
        queue.clear();
        queue.addLast(all);
        return all.event();
    }

    /** The oldest receipt and those right behind it that can be sent with it as one event. */
    synchronized List<Receipt> batch(int mostNames) {
        List<Receipt> batch = new ArrayList<>();
        int names = 0;
        for (Receipt next : queue) {
            boolean joins = batch.isEmpty() || canJoin(batch.get(0).event(), next.event());
            names += next.event().names().size();
            if (!joins || (names > mostNames && !batch.isEmpty())) {
                break;
            }
            batch.add(next);
        }
        return batch;
    }

    /** One event for the receipts of a batch. */
    static Event merged(List<Receipt> batch) {
        Event first = batch.get(0).event();
        if (batch.size() == 1) {
            return first;
        }
        Set<String> names = new LinkedHashSet<>();
        batch.forEach(receipt -> names.addAll(receipt.event().names()));
        return first instanceof Event.Keys ? new Event.Keys(List.copyOf(names)) : new Event.Tags(List.copyOf(names));
    }

    private static boolean canJoin(Event first, Event next) {
        return (first instanceof Event.Keys && next instanceof Event.Keys)
                || (first instanceof Event.Tags && next instanceof Event.Tags);
    }

    /**
     * Takes an acknowledged receipt out. Returns those that its acknowledgement also stands for: none if the queue
     * overflowed again since it was sent, because later ones are among them.
     */
    synchronized List<Receipt> remove(Receipt acknowledged) {
        queue.remove(acknowledged);
        if (acknowledged == absorber) {
            List<Receipt> released = List.copyOf(absorbed);
            absorbed.clear();
            absorber = null;
            return released;
        }
        return List.of();
    }

    synchronized int size() {
        return queue.size();
    }
}
