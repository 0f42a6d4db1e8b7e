package io.r3mes.cache.redis;

import static io.r3mes.cache.testing.Await.failure;
import static io.r3mes.cache.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timer;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.testing.FaultProxy;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How exactly an operation ends after the command time-out, measured beside a timer that does nothing else. */
class CommandDeadlineTest {

    private static final Duration TIMEOUT = Duration.ofMillis(100);
    private static final int ROUNDS = 21;

    /** What a client may add at the median; a wheel with Lettuce's ticks adds 50 ms. */
    private static final Duration MARGIN = Duration.ofMillis(25);

    @Test
    void endsAtItsDeadlineRatherThanAtATickOfTheApplicationsTimer() {
        ClientResources application = ClientResources.create();
        Timer bare = new HashedWheelTimer(1, TimeUnit.MILLISECONDS);
        try (RedisProcess server = RedisServers.standalone();
                FaultProxy proxy = FaultProxy.before(server)) {
            RedisAdapter adapter = RedisAdapter.create(
                    new RedisSettings(
                            Topology.STANDALONE, List.of(RedisURI.create(proxy.uri())), TIMEOUT, null, application),
                    RedisNamespace.of("deadline"));
            result(adapter.connect());
            RemoteStore store = adapter.remoteStore();
            proxy.inject(
                    new FaultProxy.Fault.Latency(TIMEOUT.multipliedBy(3).dividedBy(4), Duration.ZERO),
                    FaultProxy.Scope.ALL);
            long[] bareNanos = new long[ROUNDS];
            long[] ourNanos = new long[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                bareNanos[round] = nanosOf(bare);
                long sentAt = System.nanoTime();
                assertThat(failure(store.get("k"))).isInstanceOf(RedisCommandTimeoutException.class);
                ourNanos[round] = System.nanoTime() - sentAt;
            }
            adapter.close();
            Arrays.sort(bareNanos);
            Arrays.sort(ourNanos);
            System.out.printf(
                    "time-out of %d ms: %s; a bare timer: %s%n", TIMEOUT.toMillis(), text(ourNanos), text(bareNanos));
            assertThat(ourNanos[0]).isGreaterThanOrEqualTo(TIMEOUT.toNanos() * 9 / 10);
            assertThat(ourNanos[ROUNDS / 2]).isLessThan(bareNanos[ROUNDS / 2] + MARGIN.toNanos());
        } finally {
            bare.stop();
            application.shutdown(0, 0, TimeUnit.MILLISECONDS).syncUninterruptibly();
        }
    }

    private static long nanosOf(Timer timer) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        long startedAt = System.nanoTime();
        timer.newTimeout(done -> over.complete(null), TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
        over.join();
        return System.nanoTime() - startedAt;
    }

    private static String text(long[] sorted) {
        return "%.1f / %.1f / %.1f ms".formatted(sorted[0] / 1e6, sorted[ROUNDS / 2] / 1e6, sorted[ROUNDS - 1] / 1e6);
    }
}
