package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.engine.Lab.LabNode;
import io.r3mes.cache.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A caller that gives up takes nobody with it. */
class InterruptedCallersTest {

    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}").withTtl(Duration.ofHours(1));
    private static final int CALLERS = 50;

    private final Lab lab = new Lab();
    private final AtomicInteger loads = new AtomicInteger();

    private enum Redis {
        ANSWERS,
        IS_AWAY
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @ParameterizedTest
    @EnumSource
    void interruptedLeaderFailsAlone(Redis redis) throws Exception {
        LabNode node = node(redis);
        CountDownLatch loading = new CountDownLatch(1);
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread leader = started(() -> {
            try {
                cache(node).get("k", (id, context) -> {
                    loading.countDown();
                    new CountDownLatch(1).await();
                    return 0;
                });
                outcome.complete(null);
            } catch (Throwable failure) {
                outcome.complete(failure);
            }
        });
        loading.await();
        List<CompletableFuture<Integer>> others = joiners(node);
        leader.interrupt();
        assertThat(Await.result(outcome)).isInstanceOf(InterruptedException.class);
        assertOthersLoadOnce(others);
        assertNoLeaseIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void leaderWhoseSourceReportsTheInterruptInItsOwnWayFailsAlone(Redis redis) throws Exception {
        LabNode node = node(redis);
        CountDownLatch loading = new CountDownLatch(1);
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread leader = started(() -> {
            try {
                cache(node).get("k", (id, context) -> {
                    loading.countDown();
                    while (!Thread.currentThread().isInterrupted()) {
                        LockSupport.park();
                    }
                    throw new IllegalStateException("no connection");
                });
            } catch (IllegalStateException expected) {
                flag.complete(Thread.currentThread().isInterrupted());
            }
        });
        loading.await();
        List<CompletableFuture<Integer>> others = joiners(node);
        leader.interrupt();
        assertThat(Await.result(flag)).as("the flag is kept").isTrue();
        assertOthersLoadOnce(others);
        assertNoLeaseIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void cancelledLoadIsNoOutcomeForOthers(Redis redis) {
        LabNode node = node(redis);
        CompletableFuture<Integer> slow = new CompletableFuture<>();
        CompletableFuture<Integer> leader = cache(node).async().get("k", (id, context) -> slow);
        List<CompletableFuture<Integer>> others = joiners(node);
        slow.cancel(true);
        assertThat(leader.handle((value, failure) -> failure))
                .isCompletedWithValueMatching(failure -> failure instanceof CancellationException);
        assertOthersLoadOnce(others);
        assertNoLeaseIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void leaderThatWantsItsAnswerNoLongerDisturbsNobody(Redis redis) {
        LabNode node = node(redis);
        CompletableFuture<Integer> slow = new CompletableFuture<>();
        CompletableFuture<Integer> leader = cache(node).async().get("k", (id, context) -> slow);
        List<CompletableFuture<Integer>> others = joiners(node);
        leader.cancel(true);
        assertThat(others).noneMatch(CompletableFuture::isDone);
        assertThat(slow).as("the load goes on").isNotDone();
        slow.complete(7);
        assertThat(others).allSatisfy(other -> assertThat(other).isCompletedWithValue(7));
        assertThat(loads).hasValue(0);
        assertNoLeaseIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void interruptedAndCancelledWaitersDisturbNobody(Redis redis) throws Exception {
        LabNode node = node(redis);
        CompletableFuture<Integer> slow = new CompletableFuture<>();
        CompletableFuture<Integer> leader = cache(node).async().get("k", (id, context) -> slow);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread waiter = started(() -> {
            Integer value = cache(node).get("k", (id, context) -> loads.incrementAndGet());
            interrupted.complete(value == 7 && Thread.currentThread().isInterrupted());
        });
        while (node.metrics().stats().loads().joined() == 0) {
            Thread.onSpinWait();
        }
        List<CompletableFuture<Integer>> others = joiners(node);
        others.get(0).cancel(true);
        waiter.interrupt();
        slow.complete(7);
        assertThat(leader).isCompletedWithValue(7);
        assertThat(Await.result(interrupted)).as("waited on, and kept the flag").isTrue();
        assertThat(others.subList(1, CALLERS))
                .allSatisfy(other -> assertThat(other).isCompletedWithValue(7));
        assertThat(loads).hasValue(0);
        assertNoLeaseIsLeft();
    }

    private LabNode node(Redis redis) {
        LabNode node = lab.node(POLICY);
        if (redis == Redis.IS_AWAY) {
            node.outage().begin(Outage.Fault.LOST);
        }
        return node;
    }

    private List<CompletableFuture<Integer>> joiners(LabNode node) {
        List<CompletableFuture<Integer>> joiners = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            joiners.add(cache(node)
                    .async()
                    .get("k", (id, context) -> CompletableFuture.completedFuture(10 + loads.incrementAndGet())));
        }
        assertThat(joiners).noneMatch(CompletableFuture::isDone);
        return joiners;
    }

    private void assertOthersLoadOnce(List<CompletableFuture<Integer>> others) {
        CompletableFuture<Void> all = CompletableFuture.allOf(others.toArray(CompletableFuture[]::new));
        assertThat(lab.time.advanceUntil(all))
                .as("nobody waits for the end of a lease")
                .isLessThan(POLICY.load().lease());
        assertThat(others).allSatisfy(other -> assertThat(other).isCompletedWithValue(11));
        assertThat(loads).hasValue(1);
    }

    private void assertNoLeaseIsLeft() {
        assertThat(lab.hold("c:k", Duration.ofSeconds(1)))
                .as("no lease is left")
                .isTrue();
    }

    private static Thread started(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static Cache<String, Integer> cache(LabNode node) {
        return node.engine().cache("c", Integer.class);
    }
}
