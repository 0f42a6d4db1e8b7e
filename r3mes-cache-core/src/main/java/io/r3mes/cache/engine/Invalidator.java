package io.r3mes.cache.engine;

import io.r3mes.cache.Invalidation;
import io.r3mes.cache.spi.Appended;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.spi.InvalidationLog.Removal;
import io.r3mes.cache.spi.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The invalidation path, top to bottom: unlink the keys, append the event, record it on this node, acknowledge, reclaim
 * memory; or, when Redis does not answer, record it and keep it until Redis does. Thread-safe.
 */
final class Invalidator {

    private static final int NAMES_PER_EVENT = 500;

    private final Node node;
    private final Reclaimer reclaimer;
    private final Everywhere everywhere;
    private final PendingInvalidations pending;
    private final Journal journal;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicBoolean replaying = new AtomicBoolean();

    Invalidator(Node node, Reclaimer reclaimer, Everywhere everywhere, Memory memory) {
        this.node = node;
        this.everywhere = everywhere;
        this.reclaimer = reclaimer;
        this.pending = memory.pending();
        this.journal = memory.journal();
    }

    /** The invalidations that this node keeps until Redis has, and has not forgotten, them. */
    record Memory(PendingInvalidations pending, Journal journal) {}

    /** Completes when Redis has acknowledged or the event is recorded as pending; never exceptionally. */
    CompletableFuture<Invalidation> invalidate(Event event) {
        node.observer().invalidated(event);
        return issue(event, "invalidate").thenApply(receipt -> receipt);
    }

    /** Keeps an invalidation that Redis did not acknowledge, and honours it on this node from now on. */
    Invalidation defer(Event event) {
        Receipt receipt = new Receipt(event, everywhere);
        pending.add(receipt);
        return receipt;
    }

    /** Records an event of this node that the log acknowledged. */
    Receipt acknowledged(Event event, Appended appended) {
        record(event, appended);
        Receipt receipt = new Receipt(event, everywhere);
        receipt.acknowledge(appended.position());
        return receipt;
    }

    /** Sends an event that the log acknowledged once and lost, as {@link #invalidate} does. */
    CompletableFuture<Receipt> issueAgain(Event event) {
        return issue(event, "replay");
    }

    private CompletableFuture<Receipt> issue(Event event, String operation) {
        Receipt receipt = new Receipt(event, everywhere);
        underWay.incrementAndGet();
        return send(event)
                .handle((sent, failure) -> {
                    if (failure == null) {
                        acknowledge(receipt, sent);
                    } else {
                        node.observer().unavailable(operation, Failures.cause(failure));
                        pending.add(receipt);
                    }
                    return receipt;
                })
                .whenComplete((done, never) -> underWay.decrementAndGet());
    }

    /** Sends what is pending, oldest first. Completes when all is sent or Redis fails again; never exceptionally. */
    CompletableFuture<Void> replay() {
        List<Receipt> batch = pending.batch(NAMES_PER_EVENT);
        if (batch.isEmpty() || !replaying.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(null);
        }
        return sendTogether(batch)
                .handle((sent, failure) -> {
                    replaying.set(false);
                    return failure == null;
                })
                .thenCompose(more -> more ? replay() : CompletableFuture.completedFuture(null));
    }

    /** Sends receipts of one kind as one event. */
    private CompletableFuture<Void> sendTogether(List<Receipt> batch) {
        Event event = PendingInvalidations.merged(batch);
        List<CompletableFuture<Long>> removals = batch.stream()
                .map(receipt -> receipt.event() instanceof Event.Keys keys
                        ? unlink(keys.keys())
                        : CompletableFuture.completedFuture(0L))
                .toList();
        return CompletableFuture.allOf(removals.toArray(CompletableFuture[]::new))
                .thenCompose(done -> send(Append.of(event, node.timeline().highest())))
                .thenAccept(appended -> {
                    record(event, appended);
                    for (int i = 0; i < batch.size(); i++) {
                        Receipt receipt = batch.get(i);
                        long removed = removals.get(i).join();
                        pending.remove(receipt);
                        settled(receipt, appended.withRemoved(removed)).thenAccept(count -> tell(receipt, count));
                    }
                });
    }

    int pending() {
        return pending.size();
    }

    /** Whether no invalidation waits for Redis, neither sent nor kept. */
    boolean isDrained() {
        return underWay.get() == 0 && pending.size() == 0;
    }

    /** Ends the reclaiming of memory. */
    void close() {
        reclaimer.close();
    }

    /** Removes what an event's keys have, then appends it: in one step where the log can do that. */
    CompletableFuture<Appended> send(Append append) {
        Removal removal = append.removal();
        if (!(append.event() instanceof Event.Keys keys)
                || !removal.wanted()
                || node.log().removesKeys()) {
            return node.log().append(append).toCompletableFuture();
        }
        return (removal.kept() == null ? unlink(keys.keys()) : unlinkKeeping(removal.kept()))
                .thenCompose(count -> node.log()
                        .append(append.afterRemoval(node.timeline().highest()))
                        .thenApply(appended -> appended.withRemoved(count)));
    }

    private CompletableFuture<Appended> send(Event event) {
        return send(Append.of(event, node.timeline().highest()).with(Removal.ALL));
    }

    private CompletableFuture<Long> unlink(List<String> keys) {
        List<CompletableFuture<Boolean>> all = new ArrayList<>(keys.size());
        keys.forEach(key -> all.add(node.remote().unlink(key).toCompletableFuture()));
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .thenApply(done -> all.stream().filter(CompletableFuture::join).count());
    }

    private CompletableFuture<Long> unlinkKeeping(Lease kept) {
        return node.remote()
                .unlinkKeeping(kept)
                .thenApply(removed -> removed ? 1L : 0L)
                .toCompletableFuture();
    }
    /** Acknowledges a receipt that nobody holds yet. */
    private void acknowledge(Receipt receipt, Appended appended) {
        record(receipt.event(), appended);
        CompletableFuture<Long> removed = settled(receipt, appended);
        if (removed.isDone()) {
            receipt.removed(removed.join());
        } else {
            removed.thenAccept(count -> tell(receipt, count));
        }
    }

    /** Completes with what was removed. */
    private CompletableFuture<Long> settled(Receipt receipt, Appended appended) {
        long position = appended.position();
        if (receipt.isForOthers()) {
            // Receipts of keys promise that Redis serves no older value from now on, and nothing unlinked those keys.
            everywhere.reached(position).thenAccept(reached -> receipt.acknowledge(position));
        } else {
            receipt.acknowledge(position);
        }
        return receipt.event() instanceof Event.Keys
                ? CompletableFuture.completedFuture(appended.removed())
                : reclaimer.reclaim(receipt.event(), position);
    }

    /** On the executor, so that what a caller does with the count does not run on an I/O thread. */
    private void tell(Receipt receipt, long removed) {
        try {
            node.environment().executor().execute(() -> receipt.removed(removed));
        } catch (RejectedExecutionException saturated) {
            receipt.removed(removed);
        }
    }

    private void record(Event event, Appended appended) {
        node.timeline().recordOwn(event, appended.position());
        journal.issued(new Journal.Noted(event, appended.position(), appended.id(), true, node.now()));
    }
}
