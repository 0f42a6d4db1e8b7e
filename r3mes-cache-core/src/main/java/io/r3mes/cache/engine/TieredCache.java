package io.r3mes.cache.engine;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.LocalEntry;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The read path of one cache, top to bottom: near cache, load in flight, remote store, load under a lease. Thread-safe.
 * The steps of a read run on the caller's executor, so blocking and asynchronous callers share them.
 */
final class TieredCache<V> {

    private final Node node;
    private final CachePolicy policy;
    private final Near near;
    private final Staleness staleness;
    private final RemoteReads remote;
    private final Entries entries;
    private final Flights<V> flights;
    private final Refreshes<V> refreshes;
    private final LoaderCalls<V> calls;
    private final Alone<V> alone;
    private final LeasedLoads<V> leased;
    private final TimedWaits<V> waits;
    private final @Nullable TimeLimits limits;
    private final CacheObserver.OfCache observer;

    TieredCache(Node node, CachePolicy policy, Near near, ValueFormat format, CacheObserver.OfCache observer) {
        this.node = node;
        this.policy = policy;
        this.near = near;
        this.observer = observer;
        this.staleness = new Staleness(node, policy.stale());
        this.remote = new RemoteReads(node, staleness, format, observer);
        this.entries = new Entries(node, policy, near, format, observer);
        this.flights = new Flights<>(node);
        this.refreshes = new Refreshes<>(node);
        this.calls = new LoaderCalls<>(node, policy, observer);
        this.alone = new Alone<>(node, policy, calls, observer);
        this.leased = new LeasedLoads<>(
                node, policy, new LeasedLoads.Parts<>(remote, staleness, entries, flights, calls, alone, observer));
        this.waits = new TimedWaits<>(node, policy, new TimedWaits.Parts(remote, entries, observer));
        this.limits = TimeLimits.of(policy.load().timeouts());
    }

    /** How long the callers of this cache wait; null for as long as their loaders take. */
    @Nullable TimeLimits limits() {
        return limits;
    }

    /** The valid entry of the near cache, or null. */
    @Nullable LocalEntry local(Object id, long now) {
        LocalEntry entry = near.get(id, now);
        if (entry != null) {
            observer.localHit(entry.key(), now);
        }
        return entry;
    }

    /** The same, unless a load ahead of its expiry is due. */
    @Nullable LocalEntry fresh(Object id, long now) {
        LocalEntry entry = near.get(id, now);
        if (entry == null || now - entry.refreshAtNanos() >= 0) {
            return null;
        }
        observer.localHit(entry.key(), now);
        return entry;
    }

    /** The cached value, or the loader's. The near cache has been asked already. */
    CompletableFuture<Answer<V>> read(Read<V> read) {
        Flight<V> running = refreshes.isRunning(read.key()) ? null : flights.joinable(read.key());
        if (running != null) {
            return counted(read, running.beganAt(), join(read, running, Purpose.MISSING));
        }
        if (flights.isLoadingHere(read.key())) {
            return counted(read, read.startedAt(), calls.withoutStoring(read));
        }
        RemoteReads.Watch watch = remote.watch();
        return remote.get(read.subject(), watch, read.steps(), (found, answer) -> answer(read, found, watch, answer));
    }

    private void answer(Read<V> read, Found found, RemoteReads.Watch watch, CompletableFuture<Answer<V>> answer) {
        if (found instanceof Found.Hit hit) {
            answer.complete(hit(read, hit, watch));
        } else if (found instanceof Found.Stale stale && staleness.isServedAtOnce(stale)) {
            answer.complete(stale(read, stale));
        } else {
            boolean silent = found instanceof Found.Unavailable;
            counted(read, read.startedAt(), silent ? alone.load(read, false) : load(read, Purpose.MISSING))
                    .whenComplete((loaded, failure) -> {
                        if (failure == null) {
                            answer.complete(loaded);
                        } else {
                            answer.completeExceptionally(failure);
                        }
                    });
        }
    }

    private Answer<V> hit(Read<V> read, Found.Hit hit, RemoteReads.Watch watch) {
        observer.remoteHit(read.key(), read.startedAt());
        if (entries.isDueAhead(hit)) {
            refreshInBackground(read, Purpose.replacing(hit.envelope()));
        }
        return Answer.decoded(entries.keepLocally(read.id(), read.subject(), hit, watch));
    }

    private Answer<V> stale(Read<V> read, Found.Stale stale) {
        observer.remoteHit(read.key(), read.startedAt());
        observer.stale(read.key());
        refreshInBackground(read, Purpose.replacing(stale.envelope()));
        return Answer.stale(stale, null);
    }

    /** The cached value without loading it. */
    CompletableFuture<Found> peek(Read<V> read) {
        RemoteReads.Watch watch = remote.watch();
        return remote.get(read.subject(), watch, read.steps()).thenApply(found -> {
            if (found instanceof Found.Hit hit) {
                observer.remoteHit(read.key(), read.startedAt());
                entries.keepLocally(read.id(), read.subject(), hit, watch);
            } else {
                observer.miss(read.key(), read.startedAt());
            }
            return found;
        });
    }

    /** Loads anew even if a valid value is cached, and replaces it. */
    CompletableFuture<Answer<V>> refresh(Read<V> read) {
        return waits.limitAnew(read, load(read, Purpose.ANEW));
    }

    /** The same in the background, unless that is under way already, here or elsewhere. */
    void refreshAhead(Read<V> read) {
        refreshInBackground(read, Purpose.AHEAD);
    }

    private void refreshInBackground(Read<V> read, Purpose purpose) {
        refreshes.begin(read, background -> load(background, purpose));
    }

    void countRemoteHit(String key, long startedAt) {
        observer.remoteHit(key, startedAt);
    }

    void countMiss(String key, long startedAt) {
        observer.miss(key, startedAt);
    }

    LoaderCalls<V> calls() {
        return calls;
    }

    Alone<V> alone() {
        return alone;
    }

    Entries entries() {
        return entries;
    }

    RemoteReads remote() {
        return remote;
    }

    /** Counts a miss, which ends within the limits of the read. */
    private CompletableFuture<Answer<V>> counted(Read<V> read, long since, CompletableFuture<Answer<V>> load) {
        return waits.limit(read, since, load).whenComplete((answer, failure) -> {
            observer.miss(read.key(), read.startedAt());
            if (answer instanceof Answer.Stale) {
                observer.stale(read.key());
            }
        });
    }

    /** Loads in a flight that others may join, or joins the one that is under way. */
    private CompletableFuture<Answer<V>> load(Read<V> read, Purpose purpose) {
        long now = node.now();
        Flight<V> own = new Flight<>(
                read.subject(),
                read.thread(),
                now,
                now + policy.load().maxLoad().toNanos());
        Flight<V> flight = flights.begin(own);
        if (flight != own) {
            return join(read, flight, purpose);
        }
        return leased.load(read, own, purpose).whenComplete((answer, failure) -> {
            flights.close(own);
            own.land(Flight.nowhere(read.subject()));
        });
    }

    /** Waits for another caller's load. What lands may have been invalidated since; then loads after all. */
    private CompletableFuture<Answer<V>> join(Read<V> read, Flight<V> running, Purpose purpose) {
        return calls.after(new LoaderCalls.Other<>(running.thread(), running.landing()), read, landing -> {
            if (running.isWithoutRedis()) {
                return alone.load(read, purpose.anew());
            }
            if (!Flight.isValid(landing, node.timeline(), node.now())) {
                return load(read, Purpose.MISSING);
            }
            return purpose.anew() && landing.answer() instanceof Answer.Stale<V> stale
                    ? insisted(read, stale)
                    : CompletableFuture.completedFuture(landing.answer());
        });
    }

    /** For a caller who wants no stale value, where the load it waited for brought one. */
    private CompletableFuture<Answer<V>> insisted(Read<V> read, Answer.Stale<V> stale) {
        Throwable failure = stale.failure();
        return failure == null
                ? load(read, Purpose.ANEW)
                : CompletableFuture.completedFuture(new Answer.LoaderFailed<>(failure));
    }
}
