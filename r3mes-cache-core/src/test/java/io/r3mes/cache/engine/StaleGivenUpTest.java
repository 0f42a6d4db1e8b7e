package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.CachePolicy.Load;
import io.r3mes.cache.StalePolicy;
import io.r3mes.cache.engine.Lab.LabNode;
import io.r3mes.cache.testing.Await;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Loads that end for their caller's sake, where a stale value is at hand. */
class StaleGivenUpTest {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}")
            .withExpiry(new CachePolicy.Expiry(TTL, 0, 0))
            .withStale(new StalePolicy(Duration.ZERO, Duration.ofHours(1), Duration.ofMinutes(1)))
            .withLoad(Load.DEFAULT.withLimit(1, true));

    private final Lab lab = new Lab();
    private final LabNode node = lab.node(POLICY);
    private final Cache<String, Integer> cache = node.engine().cache("c", Integer.class);

    @BeforeEach
    void leaveAStaleValue() {
        assertThat(cache.<RuntimeException>get("k", (id, context) -> 1)).isEqualTo(1);
        lab.time.advance(TTL.plusMillis(1));
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void anInterruptedCallerPausesNobody() {
        Throwable failure = Await.failure(Work.start(() -> cache.get("k", (id, context) -> {
            throw new InterruptedException();
        })));
        assertThat(failure).isInstanceOf(InterruptedException.class);
        assertThat(cache.<RuntimeException>get("k", (id, context) -> 2)).isEqualTo(2);
    }

    @Test
    void aRejectedCallerGetsTheStaleValueAndPausesNobody() {
        CompletableFuture<Integer> slow = new CompletableFuture<>();
        cache.async().get("other", (id, context) -> slow);
        CompletableFuture<Integer> rejected =
                cache.async().get("k", (id, context) -> CompletableFuture.completedFuture(2));
        lab.time.advance(POLICY.load().maxWait());
        assertThat(rejected).isCompletedWithValue(1);
        slow.complete(0);
        assertThat(cache.<RuntimeException>get("k", (id, context) -> 3)).isEqualTo(3);
    }
}
