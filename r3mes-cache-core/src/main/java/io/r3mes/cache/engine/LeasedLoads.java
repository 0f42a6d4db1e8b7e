package io.r3mes.cache.engine;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Claim;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.Lease;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The loads of one cache under a lease, one at a time for a key in the cluster: lease and head in one round trip, the
 * loader, the conditional store (rules 2 to 4 of the protocol). Thread-safe.
 */
final class LeasedLoads<V> {

    private final Node node;
    private final CachePolicy policy;
    private final RemoteReads remote;
    private final Staleness staleness;
    private final Entries entries;
    private final Flights<V> flights;
    private final LoaderCalls<V> calls;
    private final Alone<V> alone;
    private final CacheObserver.OfCache observer;

    LeasedLoads(Node node, CachePolicy policy, Parts<V> parts) {
        this.node = node;
        this.policy = policy;
        this.remote = parts.remote();
        this.staleness = parts.staleness();
        this.entries = parts.entries();
        this.flights = parts.flights();
        this.calls = parts.calls();
        this.alone = parts.alone();
        this.observer = parts.observer();
    }

    /** What the loads of one cache work with. */
    record Parts<V>(
            RemoteReads remote,
            Staleness staleness,
            Entries entries,
            Flights<V> flights,
            LoaderCalls<V> calls,
            Alone<V> alone,
            CacheObserver.OfCache observer) {}

    /** Loads for a flight that has begun, or finds what somebody else stored meanwhile. */
    CompletableFuture<Answer<V>> load(Read<V> read, Flight<V> flight, Purpose purpose) {
        return attempt(new Attempt<>(read, flight, purpose, purpose.replaced() != null, purpose.replaced()));
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
                                flights.close(attempt.flight());
                                attempt.flight().landWithoutRedis();
                                return alone.load(read, attempt.purpose().anew());
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
            Answer<V> answer = Answer.decoded(
                    entries.keepLocally(attempt.read().id(), attempt.read().subject(), hit, watch));
            return land(attempt, answer, Flight.landing(answer, attempt.read().subject(), hit.envelope(), watch));
        }
        Found.Stale fallback = staleness.fallback(found);
        if (mine) {
            return lead(attempt, lease, granted.head(), fallback == null ? null : new Fallback(fallback, watch));
        }
        if (fallback != null && attempt.takesStale()) {
            Answer<V> answer = Answer.stale(fallback, null);
            return land(attempt, answer, Flight.landing(answer, attempt.read().subject(), fallback.envelope(), watch));
        }
        if (attempt.purpose().background()) {
            Flight.Landing<V> nowhere = Flight.nowhere(attempt.read().subject());
            return land(attempt, nowhere.answer(), nowhere);
        }
        if (calls.patience(attempt.read()).isZero()) {
            abandon(attempt.flight());
            return calls.withoutStoring(attempt.read());
        }
        return node.pause(pauseBeforeRetry())
                .thenComposeAsync(
                        over -> attempt(attempt.again(granted.claim().value())),
                        attempt.read().steps());
    }

    /** Ends an attempt, for its caller with an answer and for those who joined with a landing. */
    private CompletableFuture<Answer<V>> land(Attempt<V> attempt, Answer<V> answer, Flight.Landing<V> landing) {
        flights.close(attempt.flight());
        attempt.flight().land(landing);
        return CompletableFuture.completedFuture(answer);
    }

    /** Holding the lease: loads, closes the flight, stores if nothing overtook the load. */
    private CompletableFuture<Answer<V>> lead(Attempt<V> attempt, Lease lease, Head head, @Nullable Fallback fallback) {
        Read<V> read = attempt.read();
        LeaseKeeper keeper = LeaseKeeper.start(node, lease, policy.load().maxLoad());
        LoadDecisions decisions = new LoadDecisions();
        Entries.Birth birth = entries.born(head, node.now());
        attempt.flight().depart(birth.head());
        long startedAt = node.now();
        return calls.run(read, decisions)
                .thenComposeAsync(
                        answer -> {
                            keeper.stop();
                            if (answer instanceof Answer.LoaderFailed<V> failed && fallback != null) {
                                return failed(attempt, lease, failed, fallback);
                            }
                            Subject subject = read.subject().withTags(decisions.tags());
                            CompletableFuture<Answer<V>> landed = land(
                                    attempt,
                                    answer,
                                    new Flight.Landing<>(
                                            answer,
                                            subject,
                                            head.generation(),
                                            birth.head().position()));
                            if (!(answer instanceof Answer.Value<V> loaded)) {
                                entries.release(lease);
                                return landed;
                            }
                            byte took = LoadTime.of(node.now() - startedAt);
                            return entries.store(
                                            new Entries.Loaded(read.id(), subject, loaded.value(), decisions, took),
                                            lease,
                                            birth)
                                    .thenApply(stored -> answer);
                        },
                        read.steps())
                .whenComplete((answer, failure) -> keeper.stop());
    }

    /** Serves the fallback, if no invalidation has covered it meanwhile, and lets the lease keep everybody from retrying. */
    private CompletableFuture<Answer<V>> failed(
            Attempt<V> attempt, Lease lease, Answer.LoaderFailed<V> failed, Fallback fallback) {
        Found.Stale stale = fallback.stale();
        Answer<V> answer = Answer.stale(stale, failed.failure());
        Flight.Landing<V> landing =
                Flight.landing(answer, attempt.read().subject(), stale.envelope(), fallback.watch());
        Duration untilRetry = staleness.untilRetry(stale);
        if (untilRetry.isZero()
                || failed.isGivenUp()
                || landing.generation() != node.timeline().generation()
                || node.timeline().isCovered(landing.subject(), landing.birth())) {
            entries.release(lease);
            return land(attempt, failed, new Flight.Landing<>(failed, landing.subject(), 0, 0));
        }
        if (failed.isAborted()) {
            entries.release(lease);
        } else {
            entries.hold(lease, untilRetry);
        }
        return land(attempt, attempt.takesStale() ? answer : failed, landing);
    }

    /** Lets those who joined a flight that cannot use the cache go on by themselves. */
    private void abandon(Flight<V> flight) {
        flights.close(flight);
        flight.land(Flight.nowhere(flight.subject()));
    }

    private Duration pauseBeforeRetry() {
        return Duration.ofMillis(5 + node.environment().random().nextInt(15));
    }

    private record Granted(Claim claim, Head head) {}

    /**
     * What a failed load leaves to its callers.
     *
     * @param watch from before the request that brought it
     */
    private record Fallback(Found.Stale stale, RemoteReads.Watch watch) {}

    /**
     * @param waited whether somebody else held the lease before, or a stored value is to be replaced
     * @param known what was stored then
     */
    private record Attempt<V>(
            Read<V> read, Flight<V> flight, Purpose purpose, boolean waited, byte @Nullable [] known) {

        Attempt<V> again(byte @Nullable [] found) {
            return new Attempt<>(read, flight, purpose, true, waited ? known : found);
        }

        boolean accepts(Found.Hit hit) {
            return !purpose.anew()
                    || (waited && !Arrays.equals(known, hit.envelope().bytes()));
        }

        /** Whether a stale value is an answer, if only for those who joined. */
        boolean takesStale() {
            return !purpose.anew() || purpose.background();
        }
    }
}
