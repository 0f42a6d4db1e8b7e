package io.r3mes.cache.redis;

import static io.r3mes.cache.testing.Await.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a circuit opens, what it refuses, and when it closes. */
class CircuitTest {

    private static final Throwable TIME_OUT = new RedisCommandTimeoutException("no answer");

    private final Master master = new Master();
    private final Circuit circuit = new Circuit("k", master);

    @Test
    void opensWhenHalfOfTenAnswersAreNone() {
        answers(TIME_OUT, 1);
        answers(null, 4);
        answers(TIME_OUT, 4);
        assertThat(circuit.isOpen()).isFalse();
        answers(new CompletionException(new RedisException("connection lost")), 1);
        assertThat(circuit.isOpen()).isTrue();
    }

    @Test
    void staysClosedWhileFewerThanHalfAreMissing() {
        answers(TIME_OUT, 1);
        for (int i = 0; i < 100; i++) {
            answers(null, 2);
            answers(TIME_OUT, 1);
        }
        assertThat(circuit.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"READONLY replica", "MOVED 1 h:1", "ASK 1 h:1", "OOM command not allowed", "MISCONF", "NOSCRIPT"
            })
    void answersThatRefuseAreAnswers(String reply) {
        answers(new RedisCommandExecutionException(reply), 100);
        assertThat(circuit.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"LOADING Redis is loading", "BUSY Redis is busy", "CLUSTERDOWN", "MASTERDOWN Link"})
    void mastersThatServeNobodyCountAsSilent(String reply) {
        answers(new RedisCommandExecutionException(reply), Circuit.FEWEST_ANSWERS);
        assertThat(circuit.isOpen()).isTrue();
    }

    @Test
    void whatIsNotOfRedisDoesNotCount() {
        answers(new IllegalStateException("mine"), 100);
        answers(new RedisUnavailableException("not connected yet", null), 100);
        assertThat(circuit.isOpen()).isFalse();
    }

    @Test
    void asksUntilTheMasterAnswersAndThenCloses() {
        answers(TIME_OUT, Circuit.FEWEST_ANSWERS);
        assertThat(failure(circuit.refuse("other"))).isInstanceOf(RedisUnavailableException.class);
        assertThat(master.asked).containsExactly("k");

        master.answer(TIME_OUT);
        assertThat(circuit.isOpen()).isTrue();
        assertThat(master.asked).hasSize(1);
        master.pauses.remove().run();
        assertThat(master.asked).containsExactly("k", "other");

        master.answer(null);
        assertThat(circuit.isOpen()).isFalse();
        assertThat(master.pauses).isEmpty();
    }

    @Test
    void opensAgainAfterItClosed() {
        answers(TIME_OUT, Circuit.FEWEST_ANSWERS);
        master.answer(null);
        answers(TIME_OUT, Circuit.FEWEST_ANSWERS - 1);
        assertThat(circuit.isOpen()).isFalse();
        answers(TIME_OUT, 1);
        assertThat(circuit.isOpen()).isTrue();
        assertThat(master.asked).hasSize(2);
    }

    private void answers(Throwable failure, int times) {
        for (int i = 0; i < times; i++) {
            circuit.watch(
                    failure == null ? CompletableFuture.completedFuture("") : CompletableFuture.failedFuture(failure));
        }
    }

    /** Answers when it is told to. */
    private static final class Master implements Circuit.Probing {

        private final Deque<String> asked = new ArrayDeque<>();
        private final Deque<Runnable> pauses = new ArrayDeque<>();
        private CompletableFuture<String> asking;

        @Override
        public CompletionStage<?> ask(String key) {
            asked.add(key);
            asking = new CompletableFuture<>();
            return asking;
        }

        @Override
        public void later(long millis, Runnable task) {
            assertThat(millis).isEqualTo(Circuit.PROBE_PAUSE.toMillis());
            pauses.add(task);
        }

        void answer(Throwable failure) {
            if (failure == null) {
                asking.complete("");
            } else {
                asking.completeExceptionally(failure);
            }
        }
    }
}
