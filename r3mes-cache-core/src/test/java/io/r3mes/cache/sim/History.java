package io.r3mes.cache.sim;

import io.r3mes.cache.OnFailover;
import io.r3mes.cache.engine.EngineConfig;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What callers saw, and the promise it must keep: a read that starts after an acknowledged invalidation never returns a
 * value born before it. It knows nothing of how the promise is kept.
 */
final class History {

    /** Clocks of nodes may run this much slower than that of the world. */
    private static final double DRIFT = 1.02;

    private final SimLoop loop;
    private final long maxStaleness;
    private final boolean fences;
    private final boolean tracing;
    private final Map<SimLoop.Life, Long> healed = new IdentityHashMap<>();
    private final List<SimNode> healing = new ArrayList<>();
    private Loss loss;
    private final List<Invalidated> invalidations = new ArrayList<>();
    private final List<Invalidated> open = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private final Map<ReadOp.Source, Integer> sources = new EnumMap<>(ReadOp.Source.class);
    private final Map<String, Integer> counts = new TreeMap<>();
    private long fingerprint;
    private String violation;

    History(SimLoop loop, EngineConfig.Coherence coherence, boolean tracing) {
        this.loop = loop;
        this.maxStaleness = coherence.maxStaleness().toNanos();
        this.fences = coherence.onFailover() == OnFailover.FENCE;
        this.tracing = tracing;
    }

    Invalidated called(String what, Scope scope, SimLoop.Life issuer, long[] floors) {
        Invalidated called = new Invalidated(invalidations.size(), what, scope, issuer, loop.now(), floors);
        invalidations.add(called);
        note(() -> "call " + called);
        return called;
    }

    void returned(Invalidated invalidated) {
        invalidated.returnedAt = loop.now();
        invalidated.look(loop.now());
        if (invalidated.isOpen()) {
            open.add(invalidated);
            count("pending invalidation");
        } else {
            count("acknowledged invalidation");
        }
        note(() -> "done " + invalidated);
    }

    void everywhere(Invalidated invalidated) {
        invalidated.everywhereAt = loop.now();
        count("applied everywhere");
        note(() -> "everywhere " + invalidated);
    }

    /**
     * A failover that lost what was acknowledged.
     *
     * @param lostSince when the first lost change was made
     */
    record Loss(long lostSince, long killedAt, long promotedAt) {

        boolean touches(Invalidated invalidated) {
            return invalidated.calledAt < promotedAt && invalidated.acknowledgedAt >= lostSince;
        }

        /** Whether it was under way: what its two servers did cannot be put together again. */
        boolean cuts(Invalidated invalidated) {
            return invalidated.returnedAt >= killedAt || invalidated.acknowledgedAt >= killedAt;
        }
    }

    void lost(Loss happened) {
        loss = happened;
    }

    /** The log has acknowledged what a node has sent again because the server that took over had lost it. */
    void replayed(SimNode node) {
        if (loss != null) {
            healing.add(node);
        }
    }

    /** Notices receipts that turned from pending to acknowledged, and nodes that have sent all again. */
    void look() {
        healing.removeIf(node -> {
            boolean done = node.engine().status().pending() == 0;
            if (done && healed.putIfAbsent(node.life(), loop.now()) == null) {
                note(() -> node.life() + " has healed its loss");
            }
            return done;
        });
        open.removeIf(invalidated -> {
            invalidated.look(loop.now());
            return !invalidated.isOpen();
        });
    }

    void read(ReadOp read, long version) {
        look();
        ReadOp.Source source = read.source();
        sources.merge(source, 1, Integer::sum);
        fingerprint = (fingerprint * 31 + version) * 31 + loop.now();
        note(() -> "read version " + version + ": " + read);
        for (int i = invalidations.size() - 1; i >= 0; i--) {
            Invalidated invalidated = invalidations.get(i);
            if (version < invalidated.floors[read.key] && invalidated.scope.covers(read.key, version)) {
                String broken = broken(read, source, invalidated);
                if (broken != null) {
                    violate(broken + "\n  version " + version + " instead of at least "
                            + invalidated.floors[read.key] + "\n  " + read + ", ended at "
                            + Invalidated.at(loop.now()) + "\n  " + invalidated);
                    return;
                }
            }
        }
    }

    /** The promise that a read broke by returning a value that an invalidation covers, or null if there was none. */
    private String broken(ReadOp read, ReadOp.Source source, Invalidated invalidated) {
        long start = read.startedAt;
        if (!fences && loss != null && loss.touches(invalidated)) {
            return brokenAfterLoss(read, source, invalidated);
        }
        boolean pending = start < invalidated.acknowledgedAt;
        if (start >= invalidated.returnedAt && read.node == invalidated.issuer) {
            return "The issuer's node served an older value after the call returned";
        }
        if (pending) {
            return null;
        }
        if (invalidated.scope.byKey() && source == ReadOp.Source.REMOTE) {
            return "An older value came from Redis after its key was invalidated";
        }
        if (read.applied >= invalidated.position) {
            return "A node served an older value after it had applied the invalidation";
        }
        if (start > invalidated.acknowledgedAt + maxStaleness * DRIFT) {
            return "An older value was served later than the maximal staleness allows";
        }
        if (start >= invalidated.everywhereAt && !isAlone(read, source)) {
            return "An older value was served after the invalidation was applied everywhere";
        }
        return null;
    }

    /** Whether it shares a load on a node that Redis has never heard of, so that nobody can wait for it. */
    private static boolean isAlone(ReadOp read, ReadOp.Source source) {
        return read.applied == 0 && (source == ReadOp.Source.NEAR || source == ReadOp.Source.JOINED);
    }

    /** What was lost binds again once its issuer has sent it again. */
    private String brokenAfterLoss(ReadOp read, ReadOp.Source source, Invalidated invalidated) {
        Long healedAt = healed.get(invalidated.issuer);
        if (healedAt == null || loss.cuts(invalidated) || read.startedAt < healedAt) {
            return null;
        }
        if (read.node == invalidated.issuer) {
            return "The issuer's node served an older value after it had sent a lost invalidation again";
        }
        if (invalidated.scope.byKey() && source == ReadOp.Source.REMOTE) {
            return "An older value came from Redis after its lost invalidation was sent again";
        }
        return read.startedAt > healedAt + maxStaleness * DRIFT
                ? "An older value was served long after its lost invalidation was sent again"
                : null;
    }

    void violate(String story) {
        if (violation == null) {
            violation = story;
            note(() -> "VIOLATION " + story);
        }
    }

    void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    void note(Supplier<String> what) {
        if (tracing) {
            trace.add(Invalidated.at(loop.now()) + "  " + what.get());
        }
    }

    String violation() {
        return violation;
    }

    Map<String, Integer> counts() {
        Map<String, Integer> all = new TreeMap<>(counts);
        sources.forEach((source, count) -> all.put("read " + source, count));
        return all;
    }

    List<String> trace() {
        return trace;
    }

    long fingerprint() {
        return fingerprint;
    }
}
