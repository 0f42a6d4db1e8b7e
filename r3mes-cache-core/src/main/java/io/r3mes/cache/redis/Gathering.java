package io.r3mes.cache.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests of one kind to one server. A few batches are under way at a time; what is added meanwhile gathers, and goes
 * together as soon as one of them is answered. So a request of a quiet application is sent alone and at once, and those of a
 * busy one share commands. A request is never sent before it was added. Thread-safe.
 *
 * <p>If a batch gets no answer, neither do those who wait behind it: nobody waits for one time-out after the other.
 */
final class Gathering<Q, A extends @Nullable Object> {

    private final Limits limits;
    private final Sending<Q, A> sending;
    private final BiConsumer<? super A, @Nullable Throwable> told;
    private final BiConsumer<A, @Nullable Throwable> endingAlone = this::endAlone;
    private final Queue<Waiting<Q, A>> gathered = new ArrayDeque<>(); // guarded by this
    private int underWay; // guarded by this

    Gathering(Limits limits, Sending<Q, A> sending) {
        this(limits, sending, (answer, failure) -> {});
    }

    /**
     * @param told how each request ends, before its caller is
     */
    Gathering(Limits limits, Sending<Q, A> sending, BiConsumer<? super A, @Nullable Throwable> told) {
        this.limits = limits;
        this.sending = sending;
        this.told = told;
    }

    /**
     * @param batches that are under way at a time
     * @param requests of one batch
     */
    record Limits(int batches, int requests) {}

    /** Sends requests together. The stage brings one answer for each, in order, or one failure for all. */
    @FunctionalInterface
    interface Sending<Q, A extends @Nullable Object> {

        CompletionStage<List<A>> send(List<Q> requests);

        /** Sends one request, which is no batch. */
        default CompletionStage<A> sendAlone(Q request) {
            return send(List.of(request)).thenApply(answers -> answers.get(0));
        }
    }

    CompletableFuture<A> add(Q request) {
        synchronized (this) {
            if (underWay == limits.batches()) {
                Waiting<Q, A> waiting = new Waiting<>(request, new CompletableFuture<>());
                gathered.add(waiting);
                return waiting.answer();
            }
            underWay++;
        }
        return sending.sendAlone(request).whenComplete(endingAlone).toCompletableFuture();
    }

    private void endAlone(A answer, @Nullable Throwable failure) {
        if (failure == null || isAnswer(failure)) {
            sendNext();
        } else {
            fail(giveUp(), failure);
        }
        told.accept(answer, failure);
    }

    private void send(List<Waiting<Q, A>> batch) {
        sending.send(requests(batch)).whenComplete((answers, failure) -> {
            if (failure == null) {
                sendNext();
                for (int i = 0; i < batch.size(); i++) {
                    told.accept(answers.get(i), null);
                    batch.get(i).answer().complete(answers.get(i));
                }
            } else if (isAnswer(failure)) {
                sendNext();
                fail(batch, failure);
            } else {
                List<Waiting<Q, A>> behind = giveUp();
                fail(batch, failure);
                fail(behind, failure);
            }
        });
    }

    @SuppressWarnings("NullAway") // There is no answer beside a failure.
    private void fail(List<Waiting<Q, A>> all, Throwable failure) {
        all.forEach(waiting -> {
            told.accept(null, failure);
            waiting.answer().completeExceptionally(failure);
        });
    }

    private static <Q, A extends @Nullable Object> List<Q> requests(List<Waiting<Q, A>> batch) {
        if (batch.size() == 1) {
            return List.of(batch.get(0).request());
        }
        List<Q> requests = new ArrayList<>(batch.size());
        batch.forEach(waiting -> requests.add(waiting.request()));
        return requests;
    }

    /** Sends what has gathered in the place of a batch that has ended. */
    private void sendNext() {
        List<Waiting<Q, A>> next = take(limits.requests());
        if (!next.isEmpty()) {
            send(next);
        }
    }

    private List<Waiting<Q, A>> giveUp() {
        List<Waiting<Q, A>> behind = new ArrayList<>();
        synchronized (this) {
            behind.addAll(gathered);
            gathered.clear();
            underWay--;
        }
        return behind;
    }

    private synchronized List<Waiting<Q, A>> take(int most) {
        if (gathered.isEmpty()) {
            underWay--;
            return List.of();
        }
        List<Waiting<Q, A>> taken = new ArrayList<>(Math.min(most, gathered.size()));
        while (taken.size() < most && !gathered.isEmpty()) {
            taken.add(gathered.remove());
        }
        return taken;
    }

    private static boolean isAnswer(Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        return cause instanceof RedisCommandExecutionException;
    }

    private record Waiting<Q, A extends @Nullable Object>(Q request, CompletableFuture<A> answer) {}
}
