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
    private final Entries entries;
    private final Flights<V> flights;
    private final LoaderCalls<V> calls;
    private final Alone<V> alone;
    private final CacheObserver.OfCache observer;

    LeasedLoads(Node node, CachePolicy policy, Parts<V> parts) {
        this.node = node;
        this.policy = policy;
        this.remote = parts.remote();
        this.entries = parts.entries();
        this.flights = parts.flights();
        this.calls = parts.calls();
        this.alone = parts.alone();
        this.observer = parts.observer();
    }

    /** What the loads of one cache work with. */
    record Parts<V>(
            RemoteReads remote,
            Entries entries,
            Flights<V> flights,
            LoaderCalls<V> calls,
            Alone<V> alone,
            CacheObserver.OfCache observer) {}

    /**
     * Loads for a flight that has begun, or finds what somebody else stored meanwhile.
     *
     * @param anew whether a valid value found before anyone loaded is no answer
     */
    CompletableFuture<Answer<V>> load(Read<V> read, Flight<V> flight, boolean anew) {
        return attempt(new Attempt<>(read, flight, anew, false, null));
    }

    /** How much longer a read may wait for the loads of others. */
    Duration patience(Read<V> read) {
        return read.patience(policy.load().maxWait(), node.now());
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
                                return alone.load(read, attempt.anew());
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
            attempt.flight().land(Flight.landing(answer, attempt.read().subject(), hit.envelope()));
            return CompletableFuture.completedFuture(answer);
        }
        if (mine) {
            return lead(attempt, lease, granted.head());
        }
        if (patience(attempt.read()).isZero()) {
            abandon(attempt.flight());
            return calls.withoutStoring(attempt.read());
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
        return calls.run(read, decisions)
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
