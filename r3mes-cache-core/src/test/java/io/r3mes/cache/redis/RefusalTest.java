package io.r3mes.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.r3mes.cache.testing.Await;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which replies prove that nothing ran, and what is sent again. */
class RefusalTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger sent = new AtomicInteger();

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource({
        "NOSCRIPT No matching script, NOSCRIPT",
        "TRYAGAIN Multiple keys request during rehashing of slot, TRYAGAIN",
        "MOVED 1 127.0.0.1:1, MOVED",
        "READONLY You can't write against a read only replica., READONLY",
        "ERR Error running script: @user_script:1: -READONLY You can't write, READONLY",
        "MASTERDOWN Link with MASTER is down, MASTERDOWN",
        "CLUSTERDOWN Hash slot not served, CLUSTERDOWN",
        "LOADING Redis is loading the dataset in memory, LOADING"
    })
    void isKnownByItsReply(String reply, Refusal expected) {
        RedisException failure = new RedisCommandExecutionException(reply);
        assertThat(Refusal.of(failure)).isEqualTo(expected);
        assertThat(Refusal.of(new CompletionException(failure))).isEqualTo(expected);
    }

    @Test
    void isNeitherATimeoutNorALostConnectionNorAnError() {
        assertThat(Refusal.of(new RedisCommandTimeoutException("TRYAGAIN"))).isNull();
        assertThat(Refusal.of(new RedisException("MOVED"))).isNull();
        assertThat(Refusal.of(new RedisCommandExecutionException("ERR wrong"))).isNull();
        assertThat(Refusal.of(null)).isNull();
    }

    @Test
    void sendsAgainUntilTaken() {
        assertThat(Await.result(send(3, refused()))).isEqualTo(4);
    }

    @Test
    void givesUpAfterSomeTries() {
        assertThat(Await.failure(send(100, refused()))).hasMessageStartingWith("TRYAGAIN");
        assertThat(sent).hasValue(6);
    }

    @Test
    void sendsNothingAgainThatMayHaveRun() {
        assertThat(Await.failure(send(1, new RedisCommandTimeoutException("late"))))
                .isNotNull();
        assertThat(Await.failure(send(2, new RedisException("Connection disconnected"))))
                .isNotNull();
        assertThat(sent).hasValue(2);
    }

    @Test
    void keepsToTheTimeOfTheCommand() {
        CompletionStage<Integer> answer = Retries.send(
                () -> sent.incrementAndGet() == 1
                        ? CompletableFuture.failedFuture(refused())
                        : new CompletableFuture<>(),
                timer,
                Duration.ofMillis(50));
        assertThat(Await.failure(answer)).isInstanceOf(RedisCommandTimeoutException.class);
    }

    private CompletionStage<Integer> send(int failures, Throwable failure) {
        return Retries.send(
                () -> sent.incrementAndGet() <= failures
                        ? CompletableFuture.failedFuture(failure)
                        : CompletableFuture.completedFuture(sent.get()),
                timer,
                MINUTE);
    }

    private static Throwable refused() {
        return new RedisCommandExecutionException("TRYAGAIN Multiple keys request");
    }
}
