package io.r3mes.cache.engine;

import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.TagMembers;
import io.r3mes.cache.spi.Appended;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.InvalidationLog.Append;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The invalidation path, top to bottom: unlink the keys, append the event, record it on this node, acknowledge, reclaim
 * memory; or, when Redis does not answer, record it and keep it until Redis does. Thread-safe.
 */
final class Invalidator implements CacheInvalidator {

    private static final int KEYS_PER_EVENT = 500;

    private final Node node;
    private final Catalog catalog;
    private final Reclaimer reclaimer;
    private final TagListing listing;
    private final Everywhere everywhere;
    private final PendingInvalidations pending;
    private final Journal journal;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicBoolean replaying = new AtomicBoolean();

    Invalidator(Node node, Catalog catalog, Everywhere everywhere, Memory memory) {
        this.node = node;
        this.catalog = catalog;
        this.everywhere = everywhere;
        this.reclaimer = new Reclaimer(node, catalog);
        this.listing = new TagListing(node, catalog);
        this.pending = memory.pending();
        this.journal = memory.journal();
    }

    /** The invalidations that this node keeps until Redis has, and has not forgotten, them. */
    record Memory(PendingInvalidations pending, Journal journal) {}

    /** Completes when Redis has acknowledged or the event is recorded as pending; never exceptionally. */
    CompletableFuture<Invalidation> invalidate(Event event) {
        node.observer().invalidated(event);
        Receipt receipt = new Receipt(event, everywhere);
        underWay.incrementAndGet();
        return send(event)
                .<Invalidation>handle((sent, failure) -> {
                    if (failure == null) {
                        acknowledge(receipt, sent);
                    } else {
                        node.observer().unavailable("invalidate", Failures.cause(failure));
                        defer(receipt);
                    }
                    return receipt;
                })
                .whenComplete((done, never) -> underWay.decrementAndGet());
    }

    /** Keeps an invalidation that Redis did not acknowledge, and honours it on this node from now on. */
    Invalidation defer(Event event) {
        Receipt receipt = new Receipt(event, everywhere);
        defer(receipt);
        return receipt;
    }

    /** Records an event of this node that the log acknowledged. */
    Receipt acknowledged(Event event, Appended appended) {
        Receipt receipt = new Receipt(event, everywhere);
        record(receipt, appended);
        return receipt;
    }

    /** Sends an event that the log acknowledged once and lost. Never completes exceptionally. */
    CompletableFuture<Void> issueAgain(Event event) {
        Receipt receipt = new Receipt(event, everywhere);
        underWay.incrementAndGet();
        return send(event)
                .<Void>handle((sent, failure) -> {
                    if (failure == null) {
                        acknowledge(receipt, sent);
                    } else {
                        node.observer().unavailable("replay", Failures.cause(failure));
                        defer(receipt);
                    }
                    return null;
                })
                .whenComplete((done, never) -> underWay.decrementAndGet());
    }

    /** Sends what is pending, oldest first. Completes when all is sent or Redis fails again; never exceptionally. */
    CompletableFuture<Void> replay() {
        Receipt first = pending.first();
        if (first == null || !replaying.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(null);
        }
        return send(first.event())
                .handle((sent, failure) -> {
                    if (failure == null) {
                        pending.remove(first).forEach(absorbed -> {
                            absorbed.acknowledge(sent.appended().position());
                            absorbed.removed(0);
                        });
                        acknowledge(first, sent);
                    }
                    replaying.set(false);
                    return failure == null;
                })
                .thenCompose(more -> more ? replay() : CompletableFuture.completedFuture(null));
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

    private CompletableFuture<Sent> send(Event event) {
        return event instanceof Event.Keys keys
                ? unlink(keys.keys()).thenCompose(removed -> append(event, removed))
                : append(event, 0);
    }

    private CompletableFuture<Long> unlink(List<String> keys) {
        List<CompletableFuture<Boolean>> all = new ArrayList<>(keys.size());
        keys.forEach(key -> all.add(node.remote().unlink(key).toCompletableFuture()));
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .thenApply(done -> all.stream().filter(CompletableFuture::join).count());
    }

    private CompletableFuture<Sent> append(Event event, long removed) {
        return node.log()
                .append(Append.of(event, node.timeline().highest()))
                .thenApply((Appended appended) -> new Sent(appended, removed))
                .toCompletableFuture();
    }

    private void acknowledge(Receipt receipt, Sent sent) {
        record(receipt, sent.appended());
        if (receipt.event() instanceof Event.Keys) {
            receipt.removed(sent.removed());
        } else {
            reclaimer.reclaim(receipt.event(), sent.appended().position()).thenAccept(receipt::removed);
        }
    }

    private void record(Receipt receipt, Appended appended) {
        node.timeline().recordOwn(receipt.event(), appended.position());
        journal.issued(new Journal.Noted(receipt.event(), appended.position(), appended.id(), true, node.now()));
        receipt.acknowledge(appended.position());
    }

    private void defer(Receipt receipt) {
        Event local = pending.add(receipt, everywhere);
        node.timeline().recordPending(local, node.serverClock().latest(node.now()));
    }

    @Override
    public Invalidation invalidateKey(String key) {
        return now(keys(List.of(key)));
    }

    @Override
    public Invalidation invalidateKeys(Collection<String> keys) {
        return now(keys(keys));
    }

    @Override
    public Invalidation invalidateByTag(String... tags) {
        return now(tags(tags));
    }

    @Override
    public Invalidation invalidateByPattern(String glob) {
        return now(pattern(glob));
    }

    @Override
    public Invalidation invalidateCache(String cache) {
        return now(cleared(cache));
    }

    @Override
    public Invalidation invalidateAll() {
        return now(new Event.All());
    }

    @Override
    public CompletableFuture<Invalidation> invalidateKeyAsync(String key) {
        return later(keys(List.of(key)));
    }

    @Override
    public CompletableFuture<Invalidation> invalidateKeysAsync(Collection<String> keys) {
        return later(keys(keys));
    }

    @Override
    public CompletableFuture<Invalidation> invalidateByTagAsync(String... tags) {
        return later(tags(tags));
    }

    @Override
    public CompletableFuture<Invalidation> invalidateByPatternAsync(String glob) {
        return later(pattern(glob));
    }

    @Override
    public CompletableFuture<Invalidation> invalidateCacheAsync(String cache) {
        return later(cleared(cache));
    }

    @Override
    public CompletableFuture<Invalidation> invalidateAllAsync() {
        return later(new Event.All());
    }

    @Override
    public TagMembers members(String tag, int limit) {
        return CallerThread.call(node.environment().executor(), steps -> listing.list(tag, limit));
    }

    @Override
    public CompletableFuture<TagMembers> membersAsync(String tag, int limit) {
        return listing.list(tag, limit).thenCompose(this::handedOver);
    }

    private Event keys(Collection<String> keys) {
        keys.forEach(catalog::requireKey);
        return new Event.Keys(List.copyOf(keys));
    }

    private static Event tags(String... tags) {
        for (String tag : tags) {
            Tags.checked(tag);
        }
        return new Event.Tags(List.of(tags));
    }

    private static Event pattern(String glob) {
        return new Event.Pattern(Glob.compile(glob).toString());
    }

    private Event cleared(String cache) {
        return new Event.Cleared(catalog.policy(cache).name());
    }

    private Invalidation now(Event event) {
        return CallerThread.call(node.environment().executor(), steps -> inParts(event));
    }

    private CompletableFuture<Invalidation> later(Event event) {
        return inParts(event).thenCompose(this::handedOver);
    }

    /** Completes on the executor, so that callers do not run on an I/O thread. */
    private <T> CompletableFuture<T> handedOver(T result) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            node.environment().executor().execute(() -> answer.complete(result));
        } catch (RejectedExecutionException saturated) {
            answer.complete(result);
        }
        return answer;
    }

    /** Many keys go in several events, one after the other; the receipt counts them all and stands at the last. */
    private CompletableFuture<Invalidation> inParts(Event event) {
        if (!(event instanceof Event.Keys keys) || keys.keys().size() <= KEYS_PER_EVENT) {
            return invalidate(event);
        }
        List<String> all = keys.keys();
        CompletableFuture<Invalidation> first = invalidate(new Event.Keys(all.subList(0, KEYS_PER_EVENT)));
        return first.thenCompose(head -> inParts(new Event.Keys(all.subList(KEYS_PER_EVENT, all.size())))
                .thenApply(tail -> Both.of(head, tail)));
    }

    private record Sent(Appended appended, long removed) {}
}
