package io.r3mes.cache.engine;

import io.r3mes.cache.OnFailover;
import io.r3mes.cache.engine.Journal.Noted;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.spi.LogEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends again what a log that changed servers has lost (rule 11 of the protocol): reads which events of the journal the
 * log still holds, and issues the others anew, the node's own at once, those of other nodes after a pause in which their
 * issuers may do it. Where values have servers of their own, one of which took over, it removes again what it removed in
 * the last minute. Thread-safe; one run at a time.
 */
final class Replay {

    private static final int BATCH = 512;
    private static final int NAMES_PER_EVENT = 500;
    private static final int SHORTEST_PAUSE_MILLIS = 50;
    private static final int PAUSE_SPREAD_MILLIS = 200;

    private final Node node;
    private final Journal journal;
    private final Invalidator invalidator;
    private final OnFailover onFailover;
    private boolean running; // guarded by this
    private boolean overtaken; // guarded by this
    private boolean suspected; // guarded by this
    private long takeovers; // guarded by this
    private @Nullable Head settled; // guarded by this
    private final List<Reissue> open = new ArrayList<>(); // guarded by this

    Replay(Node node, Journal journal, Invalidator invalidator, OnFailover onFailover) {
        this.node = node;
        this.journal = journal;
        this.invalidator = invalidator;
        this.onFailover = onFailover;
    }

    /** What one run sent again. Redis may have failed once more, and then it waits with what is pending. */
    private record Reissue(List<Receipt> receipts, long startedAt) {}

    /** An own event did not come back through the log where it should have. */
    synchronized void suspect() {
        overtaken = true;
    }

    /**
     * Weighs a head that a beat brought.
     *
     * @param broken whether the log did not continue what this node has seen
     */
    void weigh(Head head, long sentAt, boolean broken) {
        tellOfAcknowledged();
        boolean recovers;
        boolean takenOver;
        long servers = node.remote().takeovers();
        synchronized (this) {
            suspected |= head.replication().isEmpty() && (broken || overtaken || lacksOwn(head, sentAt));
            overtaken = false;
            if (running) {
                return;
            }
            running = true;
            recovers = suspected || hasForgotten(head);
            suspected = false;
            takenOver = settled != null && servers != takeovers && onFailover == OnFailover.REPLAY;
        }
        CompletableFuture<Boolean> run = recovers ? recover() : CompletableFuture.completedFuture(true);
        run.thenCompose(done ->
                        takenOver ? removeAgain().thenApply(removed -> done) : CompletableFuture.completedFuture(done))
                .thenCompose(done -> done ? liftHead() : CompletableFuture.completedFuture(false))
                .whenComplete((done, failure) -> {
                    synchronized (this) {
                        running = false;
                        if (failure == null && done) {
                            settled = head;
                            takeovers = servers;
                        } else {
                            suspected |= recovers;
                        }
                    }
                });
    }

    /** Whether the log ends without an event that it acknowledged to this node. */
    private boolean lacksOwn(Head head, long sentAt) {
        return head.position() <= node.timeline().head() && journal.awaitsAny(sentAt);
    }

    /** Whether another server answers than before, and entries of before are still valid on it. */
    private boolean hasForgotten(Head head) {
        Head before = settled;
        return before != null
                && !head.replication().equals(before.replication())
                && (onFailover == OnFailover.REPLAY || head.generation() == before.generation());
    }

    /** True if nothing more is to do; false if Redis did not answer and the next beat must try again. */
    private CompletableFuture<Boolean> recover() {
        long startedAt = node.now();
        List<Noted> recent = journal.recent(startedAt);
        boolean partial = journal.isPartial(startedAt);
        long before = recent.isEmpty() ? Long.MAX_VALUE : recent.get(0).position() - 1;
        return held(before, new HashSet<>()).thenCompose(held -> {
            if (held == null) {
                return CompletableFuture.completedFuture(false);
            }
            journal.found(held);
            List<Noted> lost =
                    recent.stream().filter(noted -> !held.contains(noted.id())).toList();
            journal.drop(lost.stream().map(Noted::id).toList());
            boolean unknownLoss = partial && lost.size() == recent.size();
            List<Event> own = unknownLoss ? List.of(new Event.All()) : merged(lost, true);
            List<Receipt> receipts = new ArrayList<>();
            return sendAll(own, receipts)
                    .thenCompose(sent -> unknownLoss ? sent() : sendForOthers(lost, receipts))
                    .thenApply(sent -> {
                        tell(new Reissue(receipts, startedAt));
                        return true;
                    });
        });
    }

    /** Servers that took over values may have lost what this node removed; the log, elsewhere, has not. */
    private CompletableFuture<Void> removeAgain() {
        long startedAt = node.now();
        List<Noted> removals = journal.recent(startedAt).stream()
                .filter(noted -> noted.event() instanceof Event.Keys)
                .toList();
        List<Receipt> receipts = new ArrayList<>();
        return sendAll(merged(removals, true), receipts).thenRun(() -> tell(new Reissue(receipts, startedAt)));
    }

    /** Tells of what was sent again, once the log has acknowledged all of it. */
    private void tell(Reissue reissue) {
        synchronized (this) {
            open.add(reissue);
        }
        tellOfAcknowledged();
    }

    private void tellOfAcknowledged() {
        List<Reissue> acknowledged;
        synchronized (this) {
            if (open.isEmpty()) {
                return;
            }
            acknowledged = open.stream()
                    .filter(each -> each.receipts().stream().noneMatch(Receipt::isPending))
                    .toList();
            open.removeAll(acknowledged);
        }
        for (Reissue each : acknowledged) {
            Duration took = Duration.ofNanos(node.now() - each.startedAt());
            node.observer().replayed(each.receipts().size(), took);
        }
    }

    /** The ids that the log holds above a position, or null if it did not answer. */
    private CompletableFuture<@Nullable Set<String>> held(long after, Set<String> found) {
        if (after == Long.MAX_VALUE) {
            return CompletableFuture.completedFuture(found);
        }
        return node.log()
                .read(after, BATCH, Duration.ZERO)
                .toCompletableFuture()
                .handle((entries, failure) -> {
                    if (failure != null) {
                        node.observer().unavailable("replay", Failures.cause(failure));
                    }
                    return entries;
                })
                .thenCompose((@Nullable List<LogEntry> entries) -> {
                    if (entries == null) {
                        return CompletableFuture.completedFuture(null);
                    }
                    entries.forEach(entry -> found.add(entry.id()));
                    return entries.size() < BATCH
                            ? CompletableFuture.completedFuture(found)
                            : held(entries.get(entries.size() - 1).position(), found);
                });
    }

    private CompletableFuture<Void> sendForOthers(List<Noted> lost, List<Receipt> receipts) {
        if (lost.stream().allMatch(Noted::own)) {
            return sent();
        }
        Duration pause = Duration.ofMillis(
                SHORTEST_PAUSE_MILLIS + node.environment().random().nextInt(PAUSE_SPREAD_MILLIS));
        return node.pause(pause).thenCompose(over -> {
            List<Noted> unsent = lost.stream()
                    .filter(noted -> !node.timeline().isRecordedAfter(noted.event(), noted.position()))
                    .toList();
            return sendAll(merged(unsent, false), receipts);
        });
    }

    /** One after the other. */
    private CompletableFuture<Void> sendAll(List<Event> events, List<Receipt> receipts) {
        CompletableFuture<Void> all = sent();
        for (Event event : events) {
            all = all.thenCompose(before -> invalidator.issueAgain(event)).thenAccept(receipts::add);
        }
        return all;
    }

    private static CompletableFuture<Void> sent() {
        return CompletableFuture.completedFuture(null);
    }

    /** After a log fell back, nothing born now would be trusted until its head passes this node's floor. */
    private CompletableFuture<Boolean> liftHead() {
        if (!node.timeline().isBelowFloor()) {
            return CompletableFuture.completedFuture(true);
        }
        return node.log()
                .append(Append.of(new Event.Marker(), node.timeline().highest()))
                .handle((lifted, failure) -> {
                    if (failure != null) {
                        node.observer().unavailable("replay", Failures.cause(failure));
                    }
                    return failure == null;
                })
                .toCompletableFuture();
    }

    /** The events of one origin, keys and tags gathered into as few as possible. */
    private static List<Event> merged(Collection<Noted> lost, boolean own) {
        Set<String> keys = new LinkedHashSet<>();
        Set<String> tags = new LinkedHashSet<>();
        Set<Event> rules = new LinkedHashSet<>();
        for (Noted noted : lost) {
            if (noted.own() != own) {
                continue;
            }
            if (noted.event() instanceof Event.Keys invalidated) {
                keys.addAll(invalidated.keys());
            } else if (noted.event() instanceof Event.Tags invalidated) {
                tags.addAll(invalidated.tags());
            } else {
                rules.add(noted.event());
            }
        }
        List<Event> events = new ArrayList<>();
        parts(keys).forEach(part -> events.add(new Event.Keys(part)));
        parts(tags).forEach(part -> events.add(new Event.Tags(part)));
        events.addAll(rules);
        return events;
    }

    private static List<List<String>> parts(Set<String> names) {
        List<String> all = List.copyOf(names);
        List<List<String>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += NAMES_PER_EVENT) {
            parts.add(all.subList(from, Math.min(all.size(), from + NAMES_PER_EVENT)));
        }
        return parts;
    }
}
