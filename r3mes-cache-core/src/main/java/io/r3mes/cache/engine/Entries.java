package io.r3mes.cache.engine;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.LocalEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Puts the entries of one cache where they may go: conditionally into the remote store, then near. Thread-safe. */
final class Entries {

    /** How long a backdated value waits for the timeline: a beat and more. */
    private static final Duration CATCH_UP = Duration.ofMillis(200);

    private final Node node;
    private final CachePolicy policy;
    private final Near near;
    private final ValueFormat format;
    private final CacheObserver.OfCache observer;
    private final NullBudget nulls;
    /** Which of the policy's tags, which come first among an entry's, name their entries. */
    private final BitSet naming = new BitSet();

    Entries(Node node, CachePolicy policy, Near near, ValueFormat format, CacheObserver.OfCache observer) {
        this.node = node;
        this.policy = policy;
        this.near = near;
        this.format = format;
        this.observer = observer;
        this.nulls =
                new NullBudget(policy.value().maxNullEntries(), policy.value().nullTtl());
        for (int i = 0; i < policy.tags().size(); i++) {
            naming.set(i, Catalog.tellsKey(policy.tags().get(i), policy.key()));
        }
    }

    /**
     * A value on its way into the cache.
     *
     * @param id the identity of the entry in the near cache
     * @param subject with all tags
     * @param loadTime how long it took to load, see {@link LoadTime}
     */
    record Loaded(Object id, Subject subject, @Nullable Object value, LoadDecisions decisions, byte loadTime) {

        /** A value of which it is not known what loading it takes. */
        Loaded(Object id, Subject subject, @Nullable Object value, LoadDecisions decisions) {
            this(id, subject, value, decisions, LoadTime.UNKNOWN);
        }
    }

    /**
     * Where a value stands in the log.
     *
     * @param head its position is a lower bound on the snapshot that the value was read from
     * @param receivedAt when this node learned it
     * @param known the position up to which the timeline must be known before the value is judged
     */
    record Birth(Head head, long receivedAt, long known) {}

    /** The birth of what is loaded after a head was read. */
    Birth born(Head read, long receivedAt) {
        long lag = policy.load().snapshotLag().toNanos() / 1_000;
        return new Birth(read.backdated(lag), receivedAt, lag == 0 ? 0 : read.position());
    }

    /** Stores under a held lease unless a newer event covers the value. Completes when it is known, never exceptionally. */
    CompletableFuture<Boolean> store(Loaded loaded, Lease lease, Birth birth) {
        if (birth.known() == 0) {
            return storeNow(loaded, lease, birth);
        }
        return catchUp(birth.known()).thenCompose(known -> known ? storeNow(loaded, lease, birth) : refuse(lease));
    }

    /** Whether the timeline came to hold every event up to a position, soon. */
    private CompletableFuture<Boolean> catchUp(long position) {
        CompletableFuture<Void> reached = node.timeline().waiters().await(position);
        Runnable cancel = node.environment().timer().after(CATCH_UP, () -> reached.cancel(false));
        return reached.handle((done, late) -> {
            cancel.run();
            node.timeline().waiters().forget(reached);
            return late == null && !node.timeline().isFenced(node.now());
        });
    }

    private CompletableFuture<Boolean> refuse(Lease lease) {
        release(lease);
        return CompletableFuture.completedFuture(false);
    }

    private CompletableFuture<Boolean> storeNow(Loaded loaded, Lease lease, Birth birth) {
        Head head = birth.head();
        if (!node.timeline().isStarted()) {
            node.uncached().incrementAndGet();
        }
        boolean overtaken = head.generation() != node.timeline().generation()
                || node.timeline().isCovered(loaded.subject(), head.position())
                || (birth.known() != 0 && !node.timeline().remembers(head.position()));
        if (overtaken || !loaded.decisions().stores(loaded.value(), policy.value())) {
            return refuse(lease);
        }
        long now = node.now();
        boolean missing = loaded.value() == null;
        if (missing && !nulls.admits(now)) {
            return refuse(lease);
        }
        Duration ttl = loaded.decisions()
                .ttl(policy, loaded.value(), node.environment().random().nextDouble());
        long serverNow = head.serverMicros() + (now - birth.receivedAt()) / 1_000;
        byte[] bytes = encode(loaded, head, serverNow + ttl.toNanos() / 1_000);
        if (bytes == null) {
            return refuse(lease);
        }
        Duration period = missing ? ttl : ttl.plus(policy.stale().longest());
        CompletableFuture<Boolean> stored =
                node.remote().store(lease, bytes, period).toCompletableFuture();
        List<String> indexed = missing ? List.of() : indexed(loaded.subject());
        if (!indexed.isEmpty()) {
            reported("tag index", node.tagIndex().add(loaded.subject().key(), indexed, period));
        }
        return stored.handle((written, failure) -> {
            if (failure != null) {
                node.uncached().incrementAndGet();
                observer.unavailable("store", Failures.cause(failure));
                release(lease);
            }
            boolean kept = failure == null && written;
            if (kept) {
                LocalEntry.Birth at = new LocalEntry.Birth(head.generation(), head.position(), head.position());
                near.put(
                        loaded.id(),
                        entry(
                                loaded.value(),
                                loaded.subject(),
                                at,
                                new Lifetime(now, ttl.toNanos(), ttl.toNanos(), loaded.loadTime())),
                        now);
            }
            return kept;
        });
    }

    /** Copies a hit of the remote store into the near cache. Returns its value. */
    @Nullable Object keepLocally(Object id, Subject asked, Found.Hit hit, RemoteReads.Watch watch) {
        if (near.isOn() && node.serverClock().isKnown()) {
            keep(id, asked, hit, watch);
        }
        return hit.value();
    }

    private void keep(Object id, Subject asked, Found.Hit hit, RemoteReads.Watch watch) {
        long now = node.now();
        Envelope found = hit.envelope();
        long remainingNanos = (found.expiresAtMicros() - node.serverClock().latest(now)) * 1_000;
        if (remainingNanos > 0) {
            LocalEntry.Birth at =
                    new LocalEntry.Birth(found.generation(), found.birth(), Math.max(found.birth(), watch.head()));
            long whole = LoadDecisions.usualTtl(policy, hit.value()).toNanos();
            Lifetime lifetime = new Lifetime(now, remainingNanos, whole, found.loadTime());
            near.put(id, entry(hit.value(), found.of(asked), at, lifetime), now);
        }
    }

    /** The tags whose members the index has to know: the policy's that do not name the entry, and all that were added. */
    private List<String> indexed(Subject subject) {
        List<String> indexed = new ArrayList<>();
        for (int i = 0; i < subject.tags().size(); i++) {
            if (!naming.get(i)) {
                indexed.add(subject.tags().get(i));
            }
        }
        return indexed;
    }

    /** Whether a hit on a valid entry of the remote store is to start a load ahead of its expiry. */
    boolean isDueAhead(Found.Hit hit) {
        if (!refreshesAhead() || !node.serverClock().isKnown()) {
            return false;
        }
        long remaining = hit.envelope().expiresAtMicros() - node.serverClock().earliest(node.now());
        return remaining * 1_000.0
                <= ahead(
                        LoadDecisions.usualTtl(policy, hit.value()).toNanos(),
                        hit.envelope().loadTime());
    }

    private boolean refreshesAhead() {
        return policy.expiry().refreshAhead() > 0 || policy.expiry().refreshBeta() > 0;
    }

    /** How long before the expiry of an entry a load is to start: the share of its life, or earlier by chance. */
    private double ahead(long whole, byte loadTime) {
        double share = whole * policy.expiry().refreshAhead();
        double average = LoadTime.nanos(loadTime) * policy.expiry().refreshBeta();
        return average == 0
                ? share
                : Math.max(
                        share,
                        -average * Math.log(1 - node.environment().random().nextDouble()));
    }

    /** Lets a held lease keep others from loading for a while. */
    void hold(Lease lease, Duration period) {
        reported("renew", node.remote().renew(new Lease(lease.key(), lease.token(), period)));
    }

    void release(Lease lease) {
        reported("release", node.remote().release(lease));
    }

    private LocalEntry entry(@Nullable Object value, Subject subject, LocalEntry.Birth birth, Lifetime lifetime) {
        long local = Math.min(lifetime.nanos(), policy.local().ttl().toNanos());
        long expiresAt = lifetime.from() + local;
        long refreshAt = refreshesAhead()
                ? lifetime.from() + lifetime.nanos() - (long) ahead(lifetime.whole(), lifetime.loadTime())
                : expiresAt;
        return new LocalEntry(value, subject.key(), subject.tags(), birth, new LocalEntry.Times(expiresAt, refreshAt));
    }

    private byte @Nullable [] encode(Loaded loaded, Head head, long expiresAtMicros) {
        try {
            ValueFormat.Born born =
                    new ValueFormat.Born(head.generation(), head.position(), expiresAtMicros, loaded.loadTime());
            byte[] bytes = format.encode(new ValueFormat.Content(loaded.value(), loaded.subject(), born));
            if (bytes == null) {
                observer.unreadable(
                        loaded.subject().key(), new IllegalArgumentException("larger than max-value-bytes"));
            }
            return bytes;
        } catch (Exception unwritable) {
            observer.unreadable(loaded.subject().key(), unwritable);
            return null;
        }
    }

    private void reported(String operation, CompletionStage<?> stage) {
        stage.whenComplete((done, failure) -> {
            if (failure != null) {
                observer.unavailable(operation, Failures.cause(failure));
            }
        });
    }

    /**
     * How long an entry lives in the remote store.
     *
     * @param from a moment of the node's clock
     * @param nanos from then to its expiry
     * @param whole from its birth to its expiry; the policy's TTL where that is not known
     */
    private record Lifetime(long from, long nanos, long whole, byte loadTime) {}
}
