package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.CachePolicy.Load;
import io.r3mes.cache.LoadContext;
import io.r3mes.cache.LoadTimeoutException;
import io.r3mes.cache.LoadTimeouts;
import io.r3mes.cache.Loader;
import io.r3mes.cache.StalePolicy;
import io.r3mes.cache.engine.EngineConfig.Coherence;
import io.r3mes.cache.engine.Lab.LabNode;
import io.r3mes.cache.metrics.MicrometerCacheMetrics;
import io.r3mes.cache.testing.Await;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Loaders slower than their callers' patience, on a clock of the test; the loaders have threads of their own. */
class TimedLoadsTest {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final Duration SOFT = Duration.ofMillis(100);
    private static final Duration HARD = Duration.ofSeconds(1);
    /** A waiting thread sees the time in steps of the clock. */
    private static final Duration SLACK = Duration.ofMillis(10);

    private static final CachePolicy STRICT = CachePolicy.of("c", "c:{id}")
            .withTags("id:{id}")
            .withExpiry(new CachePolicy.Expiry(TTL, 0, 0))
            .withLoad(limited(Duration.ZERO, HARD));
    private static final CachePolicy TOLERANT = STRICT.withLoad(limited(SOFT, HARD))
            .withStale(new StalePolicy(Duration.ZERO, Duration.ofHours(1), Duration.ofMinutes(1)));

    private final Lab lab = new Lab();
    private final AtomicBoolean saturated = new AtomicBoolean();
    private final Executor threads = lab.time.threads();

    @AfterEach
    void close() {
        saturated.set(false);
        lab.close();
    }

    @Test
    void takesTheStaleValueAfterTheSoftTimeoutAndStoresTheLateOne() {
        LabNode node = withStaleValue(TOLERANT);
        Slow slow = new Slow(2);
        Work<Integer> read = slow.read(node);
        assertThat(lab.time.advanceUntil(read)).isBetween(SOFT, SOFT.plus(SLACK));
        assertThat(Await.result(read)).isEqualTo(1);
        slow.end();
        assertThat(eventually(node)).isEqualTo(2);
        assertThat(slow.calls).hasValue(1);
        assertThat(timedOut(node)).isZero();
    }

    @Test
    void doesNotWaitForALoadThatIsKnownToBeSlow() {
        LabNode node = withStaleValue(TOLERANT);
        Slow slow = new Slow(2);
        lab.time.advanceUntil(slow.read(node));
        assertThat(Await.result(slow.start(node))).isEqualTo(1);
        assertThat(slow.calls).hasValue(1);
        slow.end();
    }

    @Test
    void neverTakesAStaleValueThatAnInvalidationCovers() {
        LabNode node = withStaleValue(TOLERANT);
        Slow slow = new Slow(2);
        Work<Integer> read = slow.read(node);
        node.engine().invalidator().invalidateByTag("id:k");
        assertThat(lab.time.advanceUntil(read)).isBetween(HARD, HARD.plus(SLACK));
        assertThat(Await.failure(read)).isInstanceOf(LoadTimeoutException.class);
        slow.end();
    }

    @Test
    void takesTheStaleValueAfterTheHardTimeoutToo() {
        LabNode node = withStaleValue(TOLERANT.withLoad(limited(Duration.ZERO, HARD)));
        Slow slow = new Slow(2);
        Work<Integer> read = slow.read(node);
        assertThat(lab.time.advanceUntil(read)).isBetween(HARD, HARD.plus(SLACK));
        assertThat(Await.result(read)).isEqualTo(1);
        slow.end();
    }

    @Test
    void givesUpAfterTheHardTimeoutAndStoresTheLateValue() {
        LabNode node = start(STRICT);
        Slow slow = new Slow(2);
        Work<Integer> read = slow.read(node);
        assertThat(lab.time.advanceUntil(read)).isBetween(HARD, HARD.plus(SLACK));
        assertThat(Await.failure(read))
                .isInstanceOf(LoadTimeoutException.class)
                .hasMessageContaining("'c'")
                .hasMessageContaining("load.timeout");
        assertThat(timedOut(node)).isEqualTo(1);
        slow.end();
        assertThat(eventually(node)).isEqualTo(2);
        assertThat(slow.calls).hasValue(1);
    }

    @Test
    void storesNoLateValueThatAnInvalidationHasOvertaken() {
        LabNode node = start(STRICT);
        Slow slow = new Slow(2);
        lab.time.advanceUntil(slow.read(node));
        node.engine().invalidator().invalidateKey("c:k");
        slow.end();
        assertThat(cache(node).<RuntimeException>get("k", (id, context) -> 3)).isEqualTo(3);
        assertThat(eventually(node)).isEqualTo(3);
    }

    @Test
    void whoeverJoinsGivesUpWithinATimeOfItsOwn() {
        LabNode node = start(STRICT);
        Slow slow = new Slow(2);
        Work<Integer> first = slow.read(node);
        lab.time.advance(HARD.dividedBy(2));
        Work<Integer> second = slow.start(node);
        while (joined(node) == 0 || second.isBusy()) {
            Thread.onSpinWait();
        }
        lab.time.advanceUntil(first);
        assertThat(second).isNotDone();
        slow.end();
        assertThat(Await.result(second)).isEqualTo(2);
        assertThat(Await.failure(first)).isInstanceOf(LoadTimeoutException.class);
        assertThat(slow.calls).hasValue(1);
    }

    @Test
    void callsNoLoaderForACallerWhoHasGivenUp() {
        LabNode node = start(STRICT.withLoad(limited(Duration.ZERO, HARD).withLimit(1, false)));
        Slow slow = new Slow(2);
        Work<Integer> holder = slow.read(node);
        AtomicInteger calls = new AtomicInteger();
        Work<Integer> queued =
                Work.start(() -> cache(node).<RuntimeException>get("other", (id, context) -> calls.incrementAndGet()));
        lab.time.advanceUntil(queued);
        assertThat(Await.failure(queued)).isInstanceOf(LoadTimeoutException.class);
        slow.end();
        assertThat(Await.failure(holder)).isInstanceOf(LoadTimeoutException.class);
        assertThat(eventually(node)).isEqualTo(2);
        Work<Integer> next = Work.start(() -> cache(node).<RuntimeException>get("other", (id, context) -> 7));
        lab.time.advanceUntil(next);
        assertThat(Await.result(next)).isEqualTo(7);
        assertThat(calls).hasValue(0);
    }

    @Test
    void givesUpBeforeTheLoaderIsCalledIfRedisWasTooSlow() {
        LabNode node = start(STRICT);
        node.outage().beforeNext("get", () -> lab.time.advance(HARD));
        AtomicInteger calls = new AtomicInteger();
        assertThatThrownBy(() -> cache(node).<RuntimeException>get("k", (id, context) -> calls.incrementAndGet()))
                .isInstanceOf(LoadTimeoutException.class);
        assertThat(calls).hasValue(0);
        assertThat(timedOut(node)).isEqualTo(1);
    }

    @Test
    void anAsynchronousCallerGivesUpToo() {
        LabNode node = start(STRICT);
        CompletableFuture<Void> called = new CompletableFuture<>();
        CompletableFuture<Integer> loaded = new CompletableFuture<>();
        CompletableFuture<Integer> read = cache(node).async().get("k", (id, context) -> {
            called.complete(null);
            return loaded;
        });
        Await.result(called);
        lab.time.advanceUntil(read);
        assertThat(Await.failure(read)).isInstanceOf(LoadTimeoutException.class);
        loaded.complete(2);
        assertThat(eventually(node)).isEqualTo(2);
    }

    @Test
    void aRefreshGivesUpButTakesNoStaleValue() {
        LabNode node = withStaleValue(TOLERANT);
        Slow slow = new Slow(2);
        Work<Integer> refresh = Work.start(() -> cache(node).refresh("k", slow));
        Await.result(slow.called);
        assertThat(lab.time.advanceUntil(refresh)).isBetween(HARD, HARD.plus(SLACK));
        assertThat(Await.failure(refresh)).isInstanceOf(LoadTimeoutException.class);
        slow.end();
    }

    @Test
    void withoutRedisACallerGivesUpToo() {
        LabNode node = start(STRICT);
        node.outage().begin(Outage.Fault.LOST);
        Slow slow = new Slow(2);
        Work<Integer> read = slow.read(node);
        assertThat(lab.time.advanceUntil(read)).isBetween(HARD, HARD.plus(SLACK));
        assertThat(Await.failure(read)).isInstanceOf(LoadTimeoutException.class);
        slow.end();
    }

    @Test
    void aLoaderThatNeedsItsCallersThreadRunsThereAndIsNotTimed() {
        LabNode node = start(STRICT);
        Work<Thread> read = Work.start(() -> {
            Bound loader = new Bound();
            cache(node).get("k", loader);
            return loader.thread == Thread.currentThread() ? null : loader.thread;
        });
        assertThat(Await.result(read)).isNull();
        Thread[] elsewhere = new Thread[1];
        assertThat(cache(node).<RuntimeException>get("j", (id, context) -> {
                    elsewhere[0] = Thread.currentThread();
                    return 1;
                }))
                .isEqualTo(1);
        assertThat(elsewhere[0]).isNotSameAs(Thread.currentThread());
    }

    @Test
    void aLoaderMayReadItsOwnKey() {
        LabNode node = start(STRICT);
        Work<Integer> read = Work.start(() -> cache(node)
                .<RuntimeException>get(
                        "k", (id, context) -> 10 + cache(node).<RuntimeException>get(id, (same, nested) -> 1)));
        assertThat(Await.result(read)).isEqualTo(11);
    }

    @Test
    void aLoaderThatNoThreadTakesRunsOnItsCallers() {
        LabNode node = start(STRICT);
        saturated.set(true);
        Thread[] ran = new Thread[1];
        assertThat(cache(node).<RuntimeException>get("k", (id, context) -> {
                    ran[0] = Thread.currentThread();
                    return 1;
                }))
                .isEqualTo(1);
        assertThat(ran[0]).isSameAs(Thread.currentThread());
    }

    @Test
    void aSoftTimeoutNeedsStaleValues() {
        assertThatThrownBy(() -> start(STRICT.withLoad(limited(SOFT, HARD))))
                .isInstanceOf(CacheConfigurationException.class)
                .hasMessageContaining("stale.on-error");
    }

    private LabNode start(CachePolicy policy) {
        return lab.node(
                new Lab.Parts(Coherence.DEFAULT, null, task -> {
                    if (saturated.get()) {
                        throw new RejectedExecutionException();
                    }
                    threads.execute(task);
                }),
                policy);
    }

    private LabNode withStaleValue(CachePolicy policy) {
        LabNode node = start(policy);
        assertThat(cache(node).<RuntimeException>get("k", (id, context) -> 1)).isEqualTo(1);
        lab.time.advance(TTL.plusMillis(1));
        return node;
    }

    private static Load limited(Duration soft, Duration hard) {
        return Load.DEFAULT.withTimeouts(new LoadTimeouts(soft, hard));
    }

    private static Cache<String, Integer> cache(LabNode node) {
        return node.engine().cache("c", Integer.class);
    }

    /** What is cached once a late load has been stored. */
    private static int eventually(LabNode node) {
        long giveUp = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (true) {
            int found = cache(node).getIfPresent("k").orElse(-1);
            if (found >= 0 || System.nanoTime() - giveUp > 0) {
                return found;
            }
            Thread.onSpinWait();
        }
    }

    private static long joined(LabNode node) {
        return figure(node, "r3mes.cache.joined");
    }

    private static long timedOut(LabNode node) {
        return figure(node, "r3mes.cache.loads.timed.out");
    }

    private static long figure(LabNode node, String name) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new MicrometerCacheMetrics(node.metrics(), node.engine()::status).bindTo(registry);
        return (long) registry.get(name).functionCounter().count();
    }

    /** Loads on the thread that asks. */
    private static final class Bound implements Loader<String, Integer, RuntimeException> {

        private volatile Thread thread;

        @Override
        public Integer load(String id, LoadContext context) {
            thread = Thread.currentThread();
            return 1;
        }

        @Override
        public boolean needsCallersThread() {
            return true;
        }
    }

    /** A loader that ends when it is told to. */
    private static final class Slow implements Loader<String, Integer, RuntimeException> {

        private final int value;
        private final CompletableFuture<Void> called = new CompletableFuture<>();
        private final CompletableFuture<Void> go = new CompletableFuture<>();
        private final AtomicInteger calls = new AtomicInteger();

        Slow(int value) {
            this.value = value;
        }

        @Override
        public Integer load(String id, LoadContext context) {
            calls.incrementAndGet();
            called.complete(null);
            go.join();
            return value;
        }

        /** A read whose loader has been called. */
        Work<Integer> read(LabNode node) {
            Work<Integer> read = start(node);
            Await.result(called);
            return read;
        }

        Work<Integer> start(LabNode node) {
            return Work.start(() -> cache(node).get("k", this));
        }

        void end() {
            go.complete(null);
        }
    }
}
