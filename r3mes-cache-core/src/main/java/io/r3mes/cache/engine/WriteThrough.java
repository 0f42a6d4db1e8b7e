package io.r3mes.cache.engine;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.spi.Appended;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.spi.InvalidationLog.Removal;
import io.r3mes.cache.spi.Lease;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The write path of one cache (rule 8 of the protocol): a ticket takes over the lease and remembers the head before the
 * commit; after it, the value is unlinked, the event appended, and the new value stored only if the lease is still held
 * and no other event on the key was appended since the ticket. Thread-safe.
 */
final class WriteThrough {

    private final Node node;
    private final CachePolicy policy;
    private final Entries entries;
    private final Invalidator invalidator;

    WriteThrough(Node node, CachePolicy policy, Entries entries, Invalidator invalidator) {
        this.node = node;
        this.policy = policy;
        this.entries = entries;
        this.invalidator = invalidator;
    }

    /**
     * The right to store one value.
     *
     * @param id the identity of the entry in the near cache
     * @param head the head before the commit, or null if Redis did not answer; then the write only invalidates
     */
    record Ticket(
            Subject subject,
            Object id,
            Lease lease,
            LeaseKeeper keeper,
            @Nullable Head head) {}

    /** Never completes exceptionally. */
    CompletableFuture<Ticket> take(Subject subject, Object id) {
        Lease lease = new Lease(subject.key(), node.newToken(), policy.load().lease());
        CompletableFuture<Void> taken = node.remote().takeOver(lease).toCompletableFuture();
        CompletableFuture<Head> head = node.log().head(node.timeline().head()).toCompletableFuture();
        LeaseKeeper keeper = LeaseKeeper.start(node, lease, policy.load().maxLoad());
        return taken.thenCombine(head, (done, read) -> read).handle((read, failure) -> {
            if (failure != null) {
                node.observer().unavailable("ticket", Failures.cause(failure));
            }
            return new Ticket(subject, id, lease, keeper, read);
        });
    }

    void abandon(Ticket ticket) {
        ticket.keeper().stop();
        entries.release(ticket.lease());
    }

    /** Invalidates, and stores if nothing overtook the write. Never completes exceptionally. */
    CompletableFuture<Invalidation> store(Ticket ticket, @Nullable Object value, EntryOptions options) {
        LoadDecisions decisions = LoadDecisions.of(options);
        Subject subject = ticket.subject().withTags(decisions.tags());
        Event event = new Event.Keys(List.of(subject.key()));
        Head before = ticket.head();
        if (before == null) {
            ticket.keeper().stop();
            return invalidator.invalidate(event);
        }
        node.observer().invalidated(event);
        return invalidator
                .send(new Append(
                        event,
                        node.timeline().highest(),
                        before.position(),
                        subject.tags(),
                        Removal.keeping(ticket.lease())))
                .thenApply(appended -> new Announced(appended, node.now()))
                .handle((announced, failure) -> {
                    ticket.keeper().stop();
                    if (failure != null) {
                        node.observer().unavailable("write-through", Failures.cause(failure));
                        return CompletableFuture.completedFuture(invalidator.defer(event));
                    }
                    Appended appended = announced.appended();
                    Receipt receipt = invalidator.acknowledged(event, appended);
                    receipt.removed(appended.removed());
                    if (appended.contested() || appended.generation() != before.generation()) {
                        entries.release(ticket.lease());
                        return CompletableFuture.<Invalidation>completedFuture(receipt);
                    }
                    Head bornAt = new Head(
                            appended.generation(),
                            before.replication(),
                            appended.position(),
                            appended.id(),
                            Math.min(appended.position(), node.serverClock().earliest(announced.at())));
                    return entries.store(
                                    new Entries.Loaded(ticket.id(), subject, value, decisions),
                                    ticket.lease(),
                                    new Entries.Birth(bornAt, announced.at(), 0))
                            .<Invalidation>thenApply(stored -> receipt);
                })
                .thenCompose(receipt -> receipt);
    }

    private record Announced(Appended appended, long at) {}
}
