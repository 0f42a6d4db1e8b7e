package io.r3mes.cache.redis;

import static io.r3mes.cache.testing.Await.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.r3mes.cache.redis.Gathering.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Requests that gather while others are under way. */
class GatheringTest {

    private final List<List<Integer>> sent = new ArrayList<>();
    private final List<CompletableFuture<List<String>>> answers = new ArrayList<>();

    @Test
    void sendsARequestAloneAndAtOnceWhileThereIsRoom() {
        Gathering<Integer, String> gathering = gathering(new Limits(2, 10));
        gathering.add(1);
        gathering.add(2);
        assertThat(sent).containsExactly(List.of(1), List.of(2));
    }

    @Test
    void sendsTogetherWhatGatheredMeanwhile() {
        Gathering<Integer, String> gathering = gathering(new Limits(1, 10));
        CompletableFuture<String> first = gathering.add(1);
        CompletableFuture<String> second = gathering.add(2);
        CompletableFuture<String> third = gathering.add(3);
        assertThat(sent).containsExactly(List.of(1));

        answer(0, "one");
        assertThat(first).isCompletedWithValue("one");
        assertThat(sent).containsExactly(List.of(1), List.of(2, 3));
        answer(1, "two", "three");
        assertThat(second).isCompletedWithValue("two");
        assertThat(third).isCompletedWithValue("three");

        gathering.add(4);
        assertThat(sent).hasSize(3);
    }

    @Test
    void sendsNoLargerBatchThanItMay() {
        Gathering<Integer, String> gathering = gathering(new Limits(1, 2));
        IntStream.rangeClosed(1, 6).forEach(gathering::add);
        answer(0, "1");
        answer(1, "2", "3");
        answer(2, "4", "5");
        assertThat(sent).containsExactly(List.of(1), List.of(2, 3), List.of(4, 5), List.of(6));
    }

    @Test
    void aRefusalIsTheAnswerOfItsBatchOnly() {
        Gathering<Integer, String> gathering = gathering(new Limits(1, 2));
        CompletableFuture<String> refused = gathering.add(1);
        CompletableFuture<String> next = gathering.add(2);
        RedisCommandExecutionException refusal = new RedisCommandExecutionException("ERR");
        answers.get(0).completeExceptionally(refusal);
        assertThat(failure(refused)).isSameAs(refusal);
        answer(1, "two");
        assertThat(next).isCompletedWithValue("two");
    }

    @Test
    void whoWaitsBehindABatchWithoutAnAnswerGetsNoneEither() {
        Gathering<Integer, String> gathering = gathering(new Limits(2, 2));
        CompletableFuture<String> late = gathering.add(1);
        CompletableFuture<String> beside = gathering.add(2);
        CompletableFuture<String> behind = gathering.add(3);
        RedisCommandTimeoutException silence = new RedisCommandTimeoutException("late");
        answers.get(0).completeExceptionally(silence);
        assertThat(failure(late)).isSameAs(silence);
        assertThat(failure(behind)).isSameAs(silence);
        assertThat(sent).hasSize(2);

        answer(1, "two");
        assertThat(beside).isCompletedWithValue("two");
        gathering.add(4);
        gathering.add(5);
        gathering.add(6);
        assertThat(sent).containsExactly(List.of(1), List.of(2), List.of(4), List.of(5));
    }

    @Test
    void everyRequestOfManyThreadsGetsItsOwnAnswer() throws Exception {
        AtomicInteger largest = new AtomicInteger();
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        try (Closing server = new Closing(Executors.newFixedThreadPool(2));
                Closing clients = new Closing(Executors.newFixedThreadPool(8))) {
            Gathering<Integer, Integer> gathering = new Gathering<>(new Limits(2, 4), requests -> {
                largest.accumulateAndGet(requests.size(), Math::max);
                requests.forEach(request -> assertThat(seen.add(request)).isTrue());
                return CompletableFuture.supplyAsync(
                        () -> requests.stream().map(i -> -i).toList(), server.threads());
            });
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int client = 0; client < 8; client++) {
                int from = client * 10_000;
                all.add(CompletableFuture.runAsync(
                        () -> {
                            for (int i = from; i < from + 1_000; i++) {
                                assertThat(gathering.add(i).join()).isEqualTo(-i);
                            }
                        },
                        clients.threads()));
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
        }
        assertThat(seen).hasSize(8_000);
        assertThat(largest.get()).isBetween(1, 4);
    }

    private Gathering<Integer, String> gathering(Limits limits) {
        return new Gathering<>(limits, requests -> {
            sent.add(requests);
            CompletableFuture<List<String>> answer = new CompletableFuture<>();
            answers.add(answer);
            return answer;
        });
    }

    private void answer(int batch, String... values) {
        answers.get(batch).complete(List.of(values));
    }

    private record Closing(ExecutorService threads) implements AutoCloseable {

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }
}
