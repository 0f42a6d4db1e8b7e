package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.engine.Lab.LabNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What fifty callers of one key get, blocking and asynchronous ones, whose loader throws, finds nothing or hangs. */
class FaultyLoadersTest {

    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}").withTtl(Duration.ofHours(1));
    private static final CachePolicy.Load LOAD = POLICY.load();
    private static final int CALLERS = 50;
    /** A waiting thread sees the time in steps of the clock. */
    private static final Duration STEP = Duration.ofMillis(10);

    private final Lab lab = new Lab();
    private final LabNode node = lab.node(POLICY);
    private final CompletableFuture<Integer> source = new CompletableFuture<>();
    private final AtomicInteger own = new AtomicInteger();

    @AfterEach
    void close() {
        source.complete(0);
        lab.close();
    }

    @Test
    void theLoadersExceptionReachesAllAsItIs() {
        List<CompletableFuture<Integer>> callers = callers();
        IllegalStateException failure = new IllegalStateException("the source is down");
        source.completeExceptionally(failure);
        assertThat(callers).allSatisfy(caller -> assertThat(outcome(caller)).isSameAs(failure));
        assertThat(own).hasValue(0);
        assertThat(node.metrics().stats("c").loads().failures()).isEqualTo(1);
        assertNoLeaseIsLeft();
    }

    @Test
    void aNullIsTheAnswerOfAllAndKept() {
        List<CompletableFuture<Integer>> callers = callers();
        source.complete(null);
        assertThat(callers).allSatisfy(caller -> assertThat(outcome(caller)).isNull());
        assertThat(cache().getIfPresent("k").isHit()).isTrue();
        assertThat(own).hasValue(0);
        assertNoLeaseIsLeft();
    }

    @Test
    void nobodyWaitsLongerForALoaderThatHangsThanItMay() {
        List<CompletableFuture<Integer>> callers = callers();
        assertThat(lab.time.advanceUntil(callers.subList(1, callers.size())))
                .isBetween(LOAD.maxWait().minus(STEP), LOAD.maxWait().plus(STEP));
        assertThat(callers.get(0)).isNotDone();
        assertThat(callers.stream().skip(1))
                .allSatisfy(caller -> assertThat(caller.join()).isPositive());
        assertThat(lab.bytes("c:k"))
                .as("what they load for themselves is not stored")
                .isNull();
    }

    @Test
    void aLoaderThatHangsLosesItsLease() {
        callers();
        Duration most = LOAD.maxLoad().plus(LOAD.lease());
        Duration held = Duration.ZERO;
        while (!lab.hold("c:k", Duration.ofMillis(1)) && held.compareTo(most) <= 0) {
            lab.time.advance(Duration.ofMillis(500));
            held = held.plusMillis(500);
        }
        assertThat(held).isBetween(LOAD.maxLoad(), most);
    }

    /** The first loads; of the others, half block threads of their own. */
    private List<CompletableFuture<Integer>> callers() {
        List<CompletableFuture<Integer>> callers = new ArrayList<>();
        callers.add(cache().async().get("k", (id, context) -> source));
        IntStream.range(0, CALLERS / 2).forEach(i -> {
            callers.add(Work.start(() -> cache().<RuntimeException>get("k", (id, context) -> own.incrementAndGet())));
            callers.add(cache().async()
                    .get("k", (id, context) -> CompletableFuture.completedFuture(own.incrementAndGet())));
        });
        while (node.metrics().stats("c").loads().joined() < CALLERS) {
            Thread.onSpinWait();
        }
        assertThat(callers).noneMatch(CompletableFuture::isDone);
        return callers;
    }

    /** The value, or the failure without what futures wrap around it. */
    private static Object outcome(CompletableFuture<Integer> caller) {
        return caller.<Object>handle((value, failure) -> {
                    Throwable cause = failure;
                    while (cause instanceof CompletionException && cause.getCause() != null) {
                        cause = cause.getCause();
                    }
                    return cause == null ? value : cause;
                })
                .join();
    }

    private void assertNoLeaseIsLeft() {
        assertThat(lab.hold("c:k", Duration.ofSeconds(1)))
                .as("no lease is left")
                .isTrue();
    }

    private Cache<String, Integer> cache() {
        return node.engine().cache("c", Integer.class);
    }
}
