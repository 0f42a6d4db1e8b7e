package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Invalidations that Redis has yet to acknowledge, oldest first; the node's timeline honours each for as long as it is
 * here. A full queue becomes one invalidation of everything, which then speaks for those that it replaced: once all nodes
 * have applied it, because it unlinks no key. Thread-safe.
 */
final class PendingInvalidations {

    private final int capacity;
    private final Timeline timeline;
    private final Everywhere everywhere;
    private final Deque<Receipt> queue = new ArrayDeque<>();

    PendingInvalidations(int capacity, Timeline timeline, Everywhere everywhere) {
        this.capacity = capacity;
        this.timeline = timeline;
        this.everywhere = everywhere;
    }

    synchronized void add(Receipt receipt) {
        timeline.recordPending(receipt.event());
        queue.addLast(receipt);
        if (queue.size() > capacity) {
            Receipt all = Receipt.forOthers(everywhere);
            timeline.recordPending(all.event());
            queue.forEach(replaced -> {
                replaced.absorbedBy(all);
                timeline.settle(replaced.event());
            });
            queue.clear();
            queue.addLast(all);
        }
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

    /** Takes out a receipt whose event the log acknowledged and the timeline recorded there, unless it was replaced. */
    synchronized void remove(Receipt acknowledged) {
        if (queue.remove(acknowledged)) {
            timeline.settle(acknowledged.event());
        }
    }

    synchronized int size() {
        return queue.size();
    }
}
