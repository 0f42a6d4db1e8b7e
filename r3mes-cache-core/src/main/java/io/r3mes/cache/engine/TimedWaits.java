package io.r3mes.cache.engine;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.LoadTimeoutException;
import io.r3mes.cache.spi.CacheObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The waits of one cache's callers for loads that may be slow: a caller goes on with a stale value, or without one, and the
 * load goes on too. Thread-safe.
 */
final class TimedWaits<V> {

    private final Node node;
    private final CachePolicy policy;
    private final RemoteReads remote;
    private final Entries entries;
    private final CacheObserver.OfCache observer;

    TimedWaits(Node node, CachePolicy policy, Parts parts) {
        this.node = node;
        this.policy = policy;
        this.remote = parts.remote();
        this.entries = parts.entries();
        this.observer = parts.observer();
    }

    /** The answer of a read whose caller had given up before the turn of its loader came. */
    static <V> Answer<V> notCalled() {
        return new Answer.LoaderFailed<>(new NotCalled(), true);
    }

    private static final class NotCalled extends RuntimeException {

        private static final long serialVersionUID = 1L;

        NotCalled() {
            super("Its caller had given up before the loader's turn", null, false, false);
        }
    }

    /** What the waits of one cache work with. */
    record Parts(RemoteReads remote, Entries entries, CacheObserver.OfCache observer) {}

    /**
     * What a load brings, or within the limits of the read something else.
     *
     * @param since when the load began: one that is slow already is waited for no longer if there is a stale value
     */
    CompletableFuture<Answer<V>> limit(Read<V> read, long since, CompletableFuture<Answer<V>> load) {
        TimeLimits limits = read.limits();
        if (limits == null) {
            return load;
        }
        return limited(read, limits, since, load).thenCompose(answer -> ended(read, answer));
    }

    private CompletableFuture<Answer<V>> limited(
            Read<V> read, TimeLimits limits, long since, CompletableFuture<Answer<V>> load) {
        if (load.isDone()) {
            return load;
        }
        if (limits.soft() == 0) {
            return untilHard(read, load, () -> instead(read, load, () -> timedOut(read)));
        }
        Duration left = TimeLimits.left(limits.soft(), since, node.now());
        return waiting(read, left, load, () -> instead(read, load, () -> untilHard(read, load, () -> timedOut(read))));
    }

    /** The same for a caller who wants no cached value. */
    CompletableFuture<Answer<V>> limitAnew(Read<V> read, CompletableFuture<Answer<V>> load) {
        return untilHard(read, load, () -> timedOut(read)).thenCompose(answer -> ended(read, answer));
    }

    private CompletableFuture<Answer<V>> ended(Read<V> read, Answer<V> answer) {
        return answer instanceof Answer.LoaderFailed<V> failed && failed.failure() instanceof NotCalled
                ? timedOut(read)
                : CompletableFuture.completedFuture(answer);
    }

    private CompletableFuture<Answer<V>> untilHard(
            Read<V> read, CompletableFuture<Answer<V>> load, Supplier<CompletableFuture<Answer<V>>> late) {
        TimeLimits limits = read.limits();
        return limits == null || limits.hard() == 0
                ? load
                : waiting(read, TimeLimits.left(limits.hard(), read.startedAt(), node.now()), load, late);
    }

    private CompletableFuture<Answer<V>> waiting(
            Read<V> read,
            Duration longest,
            CompletableFuture<Answer<V>> load,
            Supplier<CompletableFuture<Answer<V>>> late) {
        if (longest.isZero()) {
            return late.get();
        }
        return node.within(longest, load)
                .thenComposeAsync(
                        answer -> answer == null ? late.get() : CompletableFuture.completedFuture(answer),
                        read.steps());
    }

    /** What Redis holds, judged now, if only until its TTL; else what comes {@code after}. */
    private CompletableFuture<Answer<V>> instead(
            Read<V> read, CompletableFuture<Answer<V>> load, Supplier<CompletableFuture<Answer<V>>> after) {
        if (policy.stale().longest().isZero()) {
            return after.get();
        }
        RemoteReads.Watch watch = remote.watch();
        return remote.get(read.subject(), watch, read.steps()).thenCompose(found -> {
            if (load.isDone()) {
                return load;
            }
            if (found instanceof Found.Hit hit) {
                return CompletableFuture.completedFuture(
                        Answer.decoded(entries.keepLocally(read.id(), read.subject(), hit, watch)));
            }
            return found instanceof Found.Stale stale
                    ? CompletableFuture.completedFuture(Answer.stale(stale, null))
                    : after.get();
        });
    }

    private CompletableFuture<Answer<V>> timedOut(Read<V> read) {
        observer.timedOut(read.key());
        return CompletableFuture.completedFuture(new Answer.LoaderFailed<>(new LoadTimeoutException("Cache '"
                + policy.name() + "': no value within "
                + policy.load().timeouts().hard()
                + ". The load goes on; raise load.timeout to wait for it, or set stale.on-error to serve a value past its"
                + " TTL meanwhile.")));
    }
}
