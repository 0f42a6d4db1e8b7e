package io.r3mes.cache.engine;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.CacheObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The loads of one cache while Redis does not answer: one at a time for each key on this node, stored nowhere, and shared
 * for a short while with those who come later. Thread-safe.
 */
final class Alone<V> {

    private static final int MOST_KEPT = 1_000;

    private final Node node;
    private final CachePolicy policy;
    private final LoaderCalls<V> calls;
    private final CacheObserver.OfCache observer;
    private final Duration kept;
    private final LoneLoads<V> loads;

    Alone(Node node, CachePolicy policy, LoaderCalls<V> calls, CacheObserver.OfCache observer) {
        this.node = node;
        this.policy = policy;
        this.calls = calls;
        this.observer = observer;
        this.kept = kept(policy, node.timeline());
        this.loads = new LoneLoads<>(
                Math.min(MOST_KEPT, policy.local().maxEntries()),
                kept,
                policy.load().maxLoad());
        node.timeline().watch(loads);
    }

    /** A lagging source may bring what was invalidated before its loader was called, and nobody knows how long before. */
    private static Duration kept(CachePolicy policy, Timeline timeline) {
        CachePolicy.Local local = policy.local();
        if (!local.enabled() || !policy.load().snapshotLag().isZero()) {
            return Duration.ZERO;
        }
        Duration chosen = local.degradedTtl();
        return chosen == null ? timeline.maxStaleness() : chosen;
    }

    /**
     * The loader's value, or that of another caller's loader.
     *
     * @param anew whether only a load will do whose loader is called after this caller has come
     */
    CompletableFuture<Answer<V>> load(Read<V> read, boolean anew) {
        node.uncached().incrementAndGet();
        return share(read, anew);
    }

    private CompletableFuture<Answer<V>> share(Read<V> read, boolean anew) {
        LoneLoads.Turn<V> turn = loads.turn(read, anew, node.now());
        if (turn instanceof LoneLoads.Kept<V> found) {
            observer.degradedHit(read.key());
            return CompletableFuture.completedFuture(new Answer.Value<>(found.value()));
        }
        if (turn instanceof LoneLoads.Lead<V> lead) {
            return lead(read, lead.load());
        }
        if (turn instanceof LoneLoads.Join<V> join) {
            return after(
                    join.load(),
                    read,
                    answer -> answer == null ? share(read, anew) : CompletableFuture.completedFuture(answer));
        }
        if (turn instanceof LoneLoads.Await<V> old) {
            return after(old.load(), read, tooOld -> share(read, anew));
        }
        return calls.withoutStoring(read);
    }

    private CompletableFuture<Answer<V>> lead(Read<V> read, LoneLoads.Load<V> load) {
        LoadDecisions decisions = new LoadDecisions();
        return calls.run(read.telling(() -> loads.called(load, node.now())), decisions)
                .whenComplete((answer, failure) -> land(load, answer, decisions, read));
    }

    /** What a caller that loads many keys at once, and waits for nobody, is to do for one of them. */
    LoneLoads.Turn<V> turn(Read<V> read) {
        LoneLoads.Turn<V> turn = loads.turn(read, false, node.now());
        if (turn instanceof LoneLoads.Kept) {
            observer.degradedHit(read.key());
        }
        return turn;
    }

    /** The loader of many keys is about to be called for one of them. */
    void called(LoneLoads.Load<V> load) {
        loads.called(load, node.now());
    }

    /** Ends the load of one of many keys; once is enough, and again does nothing. */
    void landed(LoneLoads.Load<V> load, Read<V> read, @Nullable Answer<V> answer) {
        land(load, answer, new LoadDecisions(), read);
    }

    private void land(LoneLoads.Load<V> load, @Nullable Answer<V> answer, LoadDecisions decisions, Read<V> read) {
        boolean aborted = answer instanceof Answer.LoaderFailed<V> failed && failed.isAborted();
        Duration ttl = Duration.ZERO;
        if (answer instanceof Answer.Value<V> loaded && decisions.stores(loaded.value(), policy.value())) {
            ttl = decisions.ttl(policy, loaded.value(), 0);
        }
        LoneLoads.Stored stored = new LoneLoads.Stored(read.subject().withTags(decisions.tags()), ttl.toNanos());
        if (loads.land(load, aborted ? null : answer, stored)) {
            sweepLater();
        }
    }

    private void sweepLater() {
        node.environment().timer().after(kept, () -> {
            if (loads.sweep(node.now())) {
                sweepLater();
            }
        });
    }

    private CompletableFuture<Answer<V>> after(
            LoneLoads.Load<V> load, Read<V> read, Function<@Nullable Answer<V>, CompletableFuture<Answer<V>>> landed) {
        CompletableFuture<Ended<V>> ended = load.landing().thenApply(Ended::new);
        return calls.after(new LoaderCalls.Other<>(load.thread(), ended), read, end -> landed.apply(end.answer()));
    }

    private record Ended<V>(@Nullable Answer<V> answer) {}
}
