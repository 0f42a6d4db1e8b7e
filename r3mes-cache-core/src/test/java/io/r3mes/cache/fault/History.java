package io.r3mes.cache.fault;

import io.r3mes.cache.fault.ReadSource.Source;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;

/**
 * The history of a run, and its checker. It knows the promise only: a read that starts after an acknowledged invalidation
 * returns no older version. On a node that may not have heard of the invalidation yet, its near cache, its loads in
 * flight, and what Redis holds of an entry that was invalidated by tag or pattern may be older, for max-staleness.
 * Thread-safe.
 */
final class History {

    private static final int MOST_VIOLATIONS = 10;

    private final long allowedNanos;
    private final Map<String, ConcurrentSkipListMap<Long, Promise>> promises = new ConcurrentHashMap<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicLong violated = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong localHits = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong excused = new AtomicLong();
    private final LongAccumulator staleness = new LongAccumulator(Math::max, 0);
    private final boolean strict;
    private volatile long excusedFrom = Long.MAX_VALUE;
    private volatile long excusedUntil = Long.MAX_VALUE;

    private History(Duration allowed, boolean strict) {
        this.allowedNanos = allowed.toNanos();
        this.strict = strict;
    }

    /** Holds every read to the whole promise. */
    static History strict(Duration maxStaleness) {
        return new History(maxStaleness, true);
    }

    /** Holds every read, wherever its value came from, to an age. */
    static History lenient(Duration age) {
        return new History(age, false);
    }

    /**
     * What an invalidation promises.
     *
     * @param issuer the node that issued it, which honours it from the return of the call
     * @param byKey whether the entry is gone from Redis once the call has returned
     */
    static final class Promise {

        private final Object issuer;
        private final boolean byKey;
        private final long returnedAt;
        private volatile long acknowledgedAt = Long.MAX_VALUE;

        private Promise(Object issuer, boolean byKey, long returnedAt) {
            this.issuer = issuer;
            this.byKey = byKey;
            this.returnedAt = returnedAt;
        }
    }

    /** A read that has ended. */
    record Read(Object node, String id, long startedAt, long version, Source source) {}

    /** Notes that the invalidation of a committed version has returned at this moment. */
    Promise returned(Object issuer, String id, long version, boolean byKey) {
        Promise promise = new Promise(issuer, byKey, System.nanoTime());
        promises.computeIfAbsent(id, unused -> new ConcurrentSkipListMap<>()).put(version, promise);
        return promise;
    }

    /** Notes that Redis has acknowledged it by this moment. */
    void acknowledged(Promise promise) {
        acknowledged.incrementAndGet();
        promise.acknowledgedAt = System.nanoTime();
    }

    void check(Read read) {
        long endedAt = System.nanoTime();
        reads.incrementAndGet();
        if (read.source() == Source.LOCAL) {
            localHits.incrementAndGet();
        }
        ConcurrentSkipListMap<Long, Promise> known = promises.get(read.id());
        if (known == null) {
            return;
        }
        known.tailMap(read.version(), false).forEach((version, promise) -> {
            boolean own = promise.issuer.equals(read.node());
            long since = own ? promise.returnedAt : promise.acknowledgedAt;
            if (read.startedAt() <= since) {
                return;
            }
            long age = read.startedAt() - since;
            if (read.startedAt() < excusedUntil && endedAt >= excusedFrom) {
                excused.incrementAndGet();
                return;
            }
            staleness.accumulate(age);
            if (age > allowedFor(read, promise, own)) {
                violate(read.source() + " read of version " + read.version() + " is stale: " + version
                        + " was invalidated "
                        + (promise.byKey ? "by key" : "by tag or pattern") + (own ? " on this node " : " ")
                        + Figures.millis(Duration.ofNanos(age)) + " before");
            }
        });
    }

    private void violate(String what) {
        violated.incrementAndGet();
        if (violations.size() < MOST_VIOLATIONS) {
            violations.add(what);
        }
    }

    private long allowedFor(Read read, Promise promise, boolean own) {
        boolean exact =
                strict && (own || read.source() == Source.LOADED || (read.source() == Source.REMOTE && promise.byKey));
        return exact ? 0 : allowedNanos;
    }

    /** Stale reads that overlap the time from now on, until {@link #endExcuse}, are only counted. */
    void excuse() {
        excusedFrom = System.nanoTime();
    }

    void endExcuse() {
        excusedUntil = System.nanoTime();
    }

    /** The first stale reads. */
    Queue<String> violations() {
        return violations;
    }

    /** How many stale reads there were. */
    long violated() {
        return violated.get();
    }

    Duration largestStaleness() {
        return Duration.ofNanos(staleness.get());
    }

    long reads() {
        return reads.get();
    }

    long localHits() {
        return localHits.get();
    }

    long acknowledged() {
        return acknowledged.get();
    }

    long excused() {
        return excused.get();
    }
}
