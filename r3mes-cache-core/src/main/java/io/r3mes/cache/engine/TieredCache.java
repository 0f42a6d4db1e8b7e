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
    private final RemoteReads remote;
    private final Entries entries;
    private final Flights<V> flights;
    private final LoaderCalls<V> calls;
    private final Alone<V> alone;
    private final LeasedLoads<V> leased;
    private final CacheObserver.OfCache observer;

    TieredCache(Node node, CachePolicy policy, Near near, ValueFormat format, CacheObserver.OfCache observer) {
        this.node = node;
        this.policy = policy;
        this.near = near;
        this.observer = observer;
        this.remote = new RemoteReads(node, format, observer);
        this.entries = new Entries(node, policy, near, format, observer);
        this.flights = new Flights<>(node);
        this.calls = new LoaderCalls<>(node, policy, observer);
        this.alone = new Alone<>(node, policy, calls, observer);
        this.leased = new LeasedLoads<>(
                node, policy, new LeasedLoads.Parts<>(remote, entries, flights, calls, alone, observer));
    }

    /** The valid entry of the near cache, or null. */
    @Nullable LocalEntry local(Object id, long now) {
        LocalEntry entry = near.get(id, now);
        if (entry != null) {
            observer.localHit(entry.key(), now);
        }
        return entry;
    }

    /** The cached value, or the loader's. The near cache has been asked already. */
    CompletableFuture<Answer<V>> read(Read<V> read) {
        Flight<V> running = flights.joinable(read.key());
        if (running != null) {
            return counted(read, join(read, running));
        }
        if (flights.isLoadingHere(read.key())) {
            return counted(read, calls.withoutStoring(read));
        }
        RemoteReads.Watch watch = remote.watch();
        return remote.get(read.subject(), watch, read.steps()).thenCompose(found -> {
            if (found instanceof Found.Hit hit) {
                observer.remoteHit(read.key(), read.startedAt());
                return CompletableFuture.completedFuture(
                        Answer.decoded(entries.keepLocally(read.id(), read.subject(), hit, watch)));
            }
            return counted(read, found instanceof Found.Miss ? load(read, false) : alone.load(read, false));
        });
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
        return load(read, true);
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

    private CompletableFuture<Answer<V>> counted(Read<V> read, CompletableFuture<Answer<V>> missed) {
        return missed.whenComplete((answer, failure) -> observer.miss(read.key(), read.startedAt()));
    }

    /** Loads in a flight that others may join, or joins the one that is under way. */
    private CompletableFuture<Answer<V>> load(Read<V> read, boolean anew) {
        Flight<V> own = new Flight<>(
                read.subject(),
                read.thread(),
                node.now() + policy.load().maxLoad().toNanos());
        Flight<V> flight = flights.begin(own);
        if (flight != own) {
            return join(read, flight);
        }
        return leased.load(read, own, anew).whenComplete((answer, failure) -> {
            flights.close(own);
            own.land(Flight.nowhere(read.subject()));
        });
    }

    /** Waits for another caller's load. What lands may have been invalidated since; then loads after all. */
    private CompletableFuture<Answer<V>> join(Read<V> read, Flight<V> running) {
        boolean blocks = read.thread() == Thread.currentThread();
        if (blocks && !node.loading().mayAwait(running.loadingThread())) {
            return calls.withoutStoring(read);
        }
        observer.joined(read.key());
        CompletableFuture<Flight.@Nullable Landing<V>> landed = new CompletableFuture<>();
        Runnable cancel = node.environment().timer().after(leased.patience(read), () -> landed.complete(null));
        running.landing().thenAccept(landed::complete);
        return landed.thenComposeAsync(
                landing -> {
                    cancel.run();
                    if (blocks) {
                        node.loading().awaited();
                    }
                    if (landing == null) {
                        return calls.withoutStoring(read);
                    }
                    if (running.isWithoutRedis()) {
                        return alone.load(read, false);
                    }
                    return Flight.isValid(landing, node.timeline(), node.now())
                            ? CompletableFuture.completedFuture(landing.answer())
                            : load(read, false);
                },
                read.steps());
    }
}
