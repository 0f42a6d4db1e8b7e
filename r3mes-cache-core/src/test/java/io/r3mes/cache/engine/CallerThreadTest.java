package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CallerThreadTest {

    private final List<Runnable> fallback = new ArrayList<>();

    @Test
    void runsStepsOnTheThreadThatWaits() {
        CompletableFuture<String> begun = new CompletableFuture<>();
        Thread other = new Thread(() -> begun.complete("done"));
        Thread ran = CallerThread.call(fallback::add, steps -> {
            CompletableFuture<Thread> result = begun.thenApplyAsync(text -> Thread.currentThread(), steps);
            other.start();
            return result;
        });
        assertThat(ran).isSameAs(Thread.currentThread());
        assertThat(fallback).isEmpty();
    }

    @Test
    void runsStepsInTheOrderInWhichTheyCame() {
        List<Integer> ran = new ArrayList<>();
        CallerThread.call(fallback::add, steps -> {
            CompletableFuture<String> result = new CompletableFuture<>();
            steps.execute(() -> {
                ran.add(1);
                steps.execute(() -> {
                    ran.add(4);
                    result.complete("done");
                });
            });
            steps.execute(() -> ran.add(2));
            steps.execute(() -> ran.add(3));
            return result;
        });
        assertThat(ran).containsExactly(1, 2, 3, 4);
        assertThat(fallback).isEmpty();
    }

    @Test
    @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void wakesUpForWhatAnotherThreadBringsAfterTheStepThatItExpected() {
        CompletableFuture<String> result = new CompletableFuture<>();
        CallerThread here = CallerThread.begin(fallback::add);
        Thread caller = Thread.currentThread();
        Thread other = new Thread(() -> {
            while (caller.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            result.complete("done");
        });
        here.expectStep();
        new Thread(() -> here.execute(other::start)).start();
        assertThat(here.await(result)).isEqualTo("done");
    }

    @Test
    void keepsAnInterruptForTheCaller() {
        CompletableFuture<String> result = new CompletableFuture<>();
        Thread caller = Thread.currentThread();
        Thread other = new Thread(() -> {
            caller.interrupt();
            result.complete("answer");
        });
        String answer = CallerThread.call(fallback::add, steps -> {
            Thread.currentThread().interrupt();
            other.start();
            return result;
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(answer).isEqualTo("answer");
    }

    @Test
    void handsStepsThatComeLateToTheFallback() {
        AtomicReference<Executor> kept = new AtomicReference<>();
        CallerThread.call(fallback::add, steps -> {
            kept.set(steps);
            return CompletableFuture.completedFuture("done");
        });
        Runnable late = () -> {};
        kept.get().execute(late);
        assertThat(fallback).containsExactly(late);
    }

    @Test
    void handsStepsThatAreLeftOverToTheFallback() {
        Runnable left = () -> {};
        CallerThread.call(fallback::add, steps -> {
            steps.execute(left);
            return CompletableFuture.completedFuture("done");
        });
        assertThat(fallback).containsExactly(left);
    }

    @Test
    void throwsTheVeryFailure() {
        IOException failure = new IOException("broken");
        assertThatThrownBy(() -> CallerThread.call(
                        fallback::add,
                        steps -> CompletableFuture.completedFuture("x")
                                .thenCompose(x -> CompletableFuture.failedFuture(failure))))
                .isSameAs(failure);
    }
}
