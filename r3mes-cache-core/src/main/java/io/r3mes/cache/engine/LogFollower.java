package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.InvalidationLog.NodeBeat;
import io.r3mes.cache.spi.LogEntry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the timeline up to date: a waiting read brings events, a beat every 100 ms proves that none is missing, and a
 * discontinuity starts the timeline over (rule 6 of the protocol). Thread-safe.
 */
final class LogFollower {

    private static final Duration BEAT = Duration.ofMillis(100);
    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofMillis(50);
    private static final int BATCH = 512;

    private final Node node;
    private final NodeIdentity identity;
    private final Listener listener;
    private volatile boolean closed;
    private volatile boolean connected;
    private volatile boolean fenced = true;
    /** The head at which it last started over for an entry; an entry that comes again must not make it spin. */
    private volatile long startedOverAt;

    LogFollower(Node node, NodeIdentity identity, Listener listener) {
        this.node = node;
        this.identity = identity;
        this.listener = listener;
    }

    /** What else follows from what the follower sees. */
    interface Listener {

        /** The timeline started over: nothing in the near caches is to be trusted. */
        void startedOver();

        /** The timeline took an entry. */
        void applied(LogEntry entry);

        /**
         * A beat was answered, and the timeline knows it.
         *
         * @param sentAt when it was sent
         * @param broken whether the log did not continue what the timeline knew
         */
        void answered(Head head, long sentAt, boolean broken);
    }

    /**
     * @param id random, unique to this life of the node
     * @param maxStaleness how long the node trusts its near cache without a proof
     */
    record NodeIdentity(String id, Duration maxStaleness) {}

    void start() {
        beat();
    }

    void close() {
        closed = true;
    }

    boolean isConnected() {
        return connected;
    }

    private void beat() {
        if (closed) {
            return;
        }
        long sentAt = node.now();
        node.timeline().asks(node.remote().epoch(), sentAt);
        node.log().beat(sign()).whenComplete((head, failure) -> {
            connected = failure == null;
            try {
                if (failure == null) {
                    answered(head, sentAt);
                } else {
                    node.observer().unavailable("beat", Failures.cause(failure));
                }
                tellFence();
            } finally {
                node.environment().timer().after(BEAT, this::beat);
            }
        });
    }

    /** Whoever extends this node's trust must also be told that the node lives, so a proof always comes with a beat. */
    private NodeBeat sign() {
        return new NodeBeat(identity.id(), node.timeline().head(), identity.maxStaleness());
    }

    private void answered(Head head, long sentAt) {
        node.serverClock().read(head, sentAt, node.now());
        Timeline timeline = node.timeline();
        boolean first = !timeline.isStarted();
        boolean continues = timeline.prove(head, sentAt);
        if (!continues) {
            timeline.reset(head, sentAt);
            listener.startedOver();
            if (!first) {
                node.observer().discontinuity("the log's head does not continue what this node has seen");
            }
        }
        if (first) {
            read();
        }
        listener.answered(head, sentAt, !continues && !first);
    }

    private void read() {
        while (!closed) {
            CompletableFuture<List<LogEntry>> batch =
                    node.log().read(node.timeline().head(), BATCH, WAIT).toCompletableFuture();
            if (!batch.isDone()) {
                batch.whenComplete((entries, failure) -> {
                    if (apply(entries)) {
                        read();
                    }
                });
                return;
            }
            if (!apply(batch.isCompletedExceptionally() ? null : batch.join())) {
                return;
            }
        }
    }

    /** False if reading pauses and goes on by itself. */
    private boolean apply(@Nullable List<LogEntry> entries) {
        if (entries == null) {
            node.environment().timer().after(RETRY, this::read);
            return false;
        }
        for (LogEntry entry : entries) {
            if (!isApplied(entry)) {
                startOver();
                return false;
            }
        }
        return true;
    }

    /** An event that cannot be recorded, such as one of a newer version, is a discontinuity. */
    private boolean isApplied(LogEntry entry) {
        try {
            boolean applied = node.timeline().apply(entry);
            if (applied) {
                listener.applied(entry);
            }
            return applied;
        } catch (RuntimeException unknown) {
            node.observer().unavailable("apply", unknown);
            return false;
        }
    }

    private void startOver() {
        long sentAt = node.now();
        node.timeline().asks(node.remote().epoch(), sentAt);
        node.log().beat(sign()).whenComplete((head, failure) -> {
            if (failure == null) {
                node.timeline().reset(head, sentAt);
                listener.startedOver();
                node.observer().discontinuity("an event of the log does not name the one before it");
                listener.answered(head, sentAt, true);
            }
            boolean moved = failure == null && head.position() != startedOverAt;
            startedOverAt = failure == null ? head.position() : startedOverAt;
            node.environment().timer().after(moved ? Duration.ZERO : RETRY, this::read);
        });
    }

    private void tellFence() {
        boolean now = node.timeline().isFenced(node.now());
        if (now != fenced) {
            fenced = now;
            node.observer().fenced(now);
        }
    }
}
