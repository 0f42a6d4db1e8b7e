package io.r3mes.cache.engine;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Claim;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.LocalEntry;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The read path of one cache, top to bottom: near cache, load in flight, remote store, lease, loader, conditional store.
 * Thread-safe. The steps of a read run on the caller's executor, so blocking and asynchronous callers share them.
 */
final class TieredCache<V> {

    private final Node node;
    private final CachePolicy policy;
    private final Near near;
    private final RemoteReads remote;
    private final Entries entries;
    private final Flights<V> flights;
    private final CacheObserver.OfCache observer;

    TieredCache(Node node, CachePolicy policy, Near near, ValueFormat format, CacheObserver.OfCache observer) {
        this.node = node;
        this.policy = policy;
        this.near = near;
        this.observer = observer;
        this.remote = new RemoteReads(node, format, observer);
        this.entries = new Entries(node, policy, near, format, observer);
        this.flights = new Flights<>(node);
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
            return counted(read, loadWithoutStoring(read));
        }
        RemoteReads.Watch watch = remote.watch();
        return remote.get(read.subject(), watch, read.steps()).thenCompose(found -> {
            if (found instanceof Found.Hit hit) {
                observer.remoteHit(read.key(), read.startedAt());
                return CompletableFuture.completedFuture(
                        this.<V>answer(entries.keepLocally(read.id(), read.subject(), hit, watch)));
            }
            return counted(read, found instanceof Found.Miss ? load(read, false) : loadWithoutRedis(read));
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

    void countLoad(String key, long startedAt, boolean succeeded) {
        observer.loaded(key, startedAt, succeeded);
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

    /** Waits for another caller's load. What lands may have been invalidated since; then loads after all. */
    private CompletableFuture<Answer<V>> join(Read<V> read, Flight<V> running) {
        observer.joined(read.key());
        CompletableFuture<Flight.@Nullable Landing<V>> landed = new CompletableFuture<>();
        Runnable cancel = node.environment().timer().after(patience(read), () -> landed.complete(null));
        running.landing().thenAccept(landed::complete);
        return landed.thenComposeAsync(
                landing -> {
                    cancel.run();
                    if (landing == null) {
                        return loadWithoutStoring(read);
                    }
                    return Flight.isValid(landing, node.timeline(), node.now())
                            ? CompletableFuture.completedFuture(landing.answer())
                            : load(read, false);
                },
                read.steps());
    }

    private CompletableFuture<Answer<V>> load(Read<V> read, boolean anew) {
        Flight<V> own = new Flight<>(
                read.subject(),
                read.thread(),
                node.now() + policy.load().maxLoad().toNanos());
        Flight<V> flight = flights.begin(own);
        if (flight != own) {
            return join(read, flight);
        }
        return attempt(new Attempt<>(read, own, anew, false, null)).whenComplete((answer, failure) -> {
            flights.close(own);
            own.land(Flight.nowhere(read.subject()));
        });
    }

    /** One attempt to get the lease, or the value that somebody else stored meanwhile. */
    private CompletableFuture<Answer<V>> attempt(Attempt<V> attempt) {
        Read<V> read = attempt.read();
        RemoteReads.Watch watch = remote.watch();
        Lease lease = new Lease(read.key(), node.newToken(), policy.load().lease());
        CompletableFuture<Claim> claim = node.remote().acquire(lease).toCompletableFuture();
        CompletableFuture<Head> head = node.log().head(node.timeline().head()).toCompletableFuture();
        return claim.thenCombine(head, Granted::new)
                .handleAsync(
                        (granted, failure) -> {
                            if (granted == null) {
                                observer.unavailable("lease", Failures.cause(failure));
                                claim.thenAccept(late -> entries.release(lease));
                                abandon(attempt.flight());
                                return loadWithoutRedis(read);
                            }
                            return remote.judge(read.subject(), granted.claim().value(), watch, read.steps())
                                    .thenCompose(found -> claimed(attempt, lease, granted, watch, found));
                        },
                        read.steps())
                .thenCompose(answer -> answer)
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        entries.release(lease);
                    }
                });
    }

    private CompletableFuture<Answer<V>> claimed(
            Attempt<V> attempt, Lease lease, Granted granted, RemoteReads.Watch watch, Found found) {
        boolean mine = granted.claim().acquired();
        if (found instanceof Found.Hit hit && attempt.accepts(hit)) {
            if (mine) {
                entries.release(lease);
            }
            Answer<V> answer = answer(
                    entries.keepLocally(attempt.read().id(), attempt.read().subject(), hit, watch));
            attempt.flight().land(Flight.landing(answer, attempt.read().subject(), hit.envelope()));
            return CompletableFuture.completedFuture(answer);
        }
        if (mine) {
            return lead(attempt, lease, granted.head());
        }
        if (patience(attempt.read()).isZero()) {
            abandon(attempt.flight());
            return loadWithoutStoring(attempt.read());
        }
        return node.pause(pauseBeforeRetry())
                .thenComposeAsync(
                        over -> attempt(attempt.again(granted.claim().value())),
                        attempt.read().steps());
    }

    /** Holding the lease: loads, closes the flight, stores if nothing overtook the load. */
    private CompletableFuture<Answer<V>> lead(Attempt<V> attempt, Lease lease, Head head) {
        Read<V> read = attempt.read();
        LeaseKeeper keeper = LeaseKeeper.start(node, lease, policy.load().maxLoad());
        LoadDecisions decisions = new LoadDecisions();
        Entries.Birth birth = entries.born(head, node.now());
        attempt.flight().depart(birth.head());
        return run(read, decisions)
                .thenComposeAsync(
                        answer -> {
                            flights.close(attempt.flight());
                            keeper.stop();
                            Subject subject = read.subject().withTags(decisions.tags());
                            attempt.flight()
                                    .land(new Flight.Landing<>(
                                            answer,
                                            subject,
                                            head.generation(),
                                            birth.head().position()));
                            if (!(answer instanceof Answer.Value<V> loaded)) {
                                entries.release(lease);
                                return CompletableFuture.completedFuture(answer);
                            }
                            return entries.store(
                                            new Entries.Loaded(read.id(), subject, loaded.value(), decisions),
                                            lease,
                                            birth)
                                    .thenApply(stored -> answer);
                        },
                        read.steps())
                .whenComplete((answer, failure) -> keeper.stop());
    }

    private CompletableFuture<Answer<V>> loadWithoutRedis(Read<V> read) {
        node.uncached().incrementAndGet();
        return loadWithoutStoring(read);
    }

    private CompletableFuture<Answer<V>> loadWithoutStoring(Read<V> read) {
        return run(read, new LoadDecisions());
    }

    /** Calls the loader once. Its failure becomes an answer, so that nothing can wrap it on its way to the caller. */
    private CompletableFuture<Answer<V>> run(Read<V> read, LoadDecisions decisions) {
        long startedAt = node.now();
        CompletableFuture<Answer<V>> ended;
        try {
            ended = read.loading()
                    .load(decisions)
                    .<Answer<V>>handle((value, failure) -> failure == null
                            ? new Answer.Value<>(value)
                            : new Answer.LoaderFailed<>(Failures.cause(failure)))
                    .toCompletableFuture();
        } catch (Throwable failure) {
            ended = CompletableFuture.completedFuture(new Answer.LoaderFailed<>(failure));
        }
        return ended.whenComplete(
                (answer, never) -> observer.loaded(read.key(), startedAt, answer instanceof Answer.Value));
    }

    @SuppressWarnings("unchecked") // The format decodes values of this cache's type only.
    private <T> Answer<T> answer(@Nullable Object value) {
        return new Answer.Value<>((T) value);
    }

    /** Lets those who joined a flight that cannot use the cache go on by themselves. */
    private void abandon(Flight<V> flight) {
        flights.close(flight);
        flight.land(Flight.nowhere(flight.subject()));
    }

    /** How much longer a read may wait for the loads of others. */
    private Duration patience(Read<V> read) {
        Duration left = policy.load().maxWait().minusNanos(node.now() - read.startedAt());
        return left.isNegative() ? Duration.ZERO : left;
    }

    private Duration pauseBeforeRetry() {
        return Duration.ofMillis(5 + node.environment().random().nextInt(15));
    }

    private record Granted(Claim claim, Head head) {}

    /**
     * @param anew whether a valid value found before anyone loaded is no answer
     * @param waited whether somebody else held the lease before
     * @param known what was stored when the first attempt found the lease held
     */
    private record Attempt<V>(Read<V> read, Flight<V> flight, boolean anew, boolean waited, byte @Nullable [] known) {

        Attempt<V> again(byte @Nullable [] found) {
            return new Attempt<>(read, flight, anew, true, waited ? known : found);
        }

        boolean accepts(Found.Hit hit) {
            return !anew || (waited && !Arrays.equals(known, hit.envelope().bytes()));
        }
    }
}
