package io.r3mes.cache.redis;

import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The writes to one server, each acknowledged when enough replicas have it. While the server waits for its replicas,
 * further writes gather, and then go together with one {@code WAIT} behind them; it blocks their connection, so a
 * {@code WAIT} for each would let only one write go in the time that a replica takes. Thread-safe.
 */
final class WriteBatches {

    private final Supplier<CompletionStage<StatefulConnection<String, byte[]>>> connection;
    private final ScheduledExecutorService timer;
    private final Demand demand;
    private final Object lock = new Object();
    private List<Waiting<?>> gathered = new ArrayList<>(); // guarded by lock
    private boolean underWay; // guarded by lock

    /**
     * @param connection of nobody else, because it is blocked at times
     */
    WriteBatches(
            Supplier<CompletionStage<StatefulConnection<String, byte[]>>> connection,
            ScheduledExecutorService timer,
            Demand demand) {
        this.connection = connection;
        this.timer = timer;
        this.demand = demand;
    }

    /**
     * What makes a write acknowledged.
     *
     * @param replicas that must have it
     * @param timeout that it may take, with the answer to the client
     */
    record Demand(int replicas, Duration timeout) {

        /**
         * Ends before the client gives up, so that the answer says how many have it. An idle server looks only every 100 ms
         * whose wait is over.
         */
        long waitMillis() {
            return Math.max(1, timeout.toMillis() / 2);
        }
    }

    /** Completes when enough replicas have the write; exceptionally if they do not in time. */
    <T extends @Nullable Object> CompletionStage<T> add(Call<T> call, boolean asking) {
        Waiting<T> waiting = new Waiting<>(call, asking);
        limit(waiting.answer());
        boolean first;
        synchronized (lock) {
            gathered.add(waiting);
            first = !underWay;
            underWay = true;
        }
        if (first) {
            next();
        }
        return waiting.answer();
    }

    private void next() {
        List<Waiting<?>> batch;
        synchronized (lock) {
            batch = gathered.stream()
                    .filter(waiting -> !waiting.answer().isDone())
                    .toList();
            gathered = new ArrayList<>();
            underWay = !batch.isEmpty();
        }
        if (!batch.isEmpty()) {
            send(batch).whenComplete((reached, failure) -> {
                if (failure == null && reached >= demand.replicas()) {
                    batch.forEach(Waiting::succeed);
                } else {
                    Throwable reason = failure == null ? tooFew(reached) : failure;
                    batch.forEach(waiting -> waiting.fail(reason));
                }
                next();
            });
        }
    }

    /** The number of replicas that have all of the batch. */
    private CompletionStage<Long> send(List<Waiting<?>> batch) {
        try {
            return connection.get().thenCompose(opened -> {
                AsyncCommand<String, byte[], Long> wait = waitForReplicas();
                List<RedisCommand<String, byte[], ?>> commands = new ArrayList<>();
                for (Waiting<?> waiting : batch) {
                    waiting.addTo(commands);
                }
                commands.add(wait);
                opened.dispatch(commands);
                return wait;
            });
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private AsyncCommand<String, byte[], Long> waitForReplicas() {
        CommandArgs<String, byte[]> arguments =
                new CommandArgs<>(Call.CODEC).add(demand.replicas()).add(demand.waitMillis());
        return new AsyncCommand<>(new Command<>(CommandType.WAIT, new IntegerOutput<>(Call.CODEC), arguments));
    }

    private RedisUnavailableException tooFew(long reached) {
        return new RedisUnavailableException(
                "After " + demand.waitMillis() + " ms " + reached + " of " + demand.replicas()
                        + " replicas have the invalidation",
                null);
    }

    private void limit(CompletableFuture<?> answer) {
        try {
            Future<?> deadline = timer.schedule(
                    () -> answer.completeExceptionally(
                            new RedisCommandTimeoutException("No acknowledgement by replicas in time")),
                    demand.timeout().toNanos(),
                    TimeUnit.NANOSECONDS);
            answer.whenComplete((value, failure) -> deadline.cancel(false));
        } catch (RejectedExecutionException timerStopped) {
            answer.completeExceptionally(new RedisUnavailableException("The adapter is closed", timerStopped));
        }
    }

    /** A write and whoever waits for it. */
    private static final class Waiting<T extends @Nullable Object> {

        private final AsyncCommand<String, byte[], T> command;
        private final boolean asking;
        private final CompletableFuture<T> answer = new CompletableFuture<>();

        Waiting(Call<T> call, boolean asking) {
            this.command = call.command();
            this.asking = asking;
        }

        CompletableFuture<T> answer() {
            return answer;
        }

        void addTo(List<RedisCommand<String, byte[], ?>> commands) {
            if (asking) {
                commands.add(new AsyncCommand<>(new Command<>(
                        CommandType.ASKING, new StatusOutput<>(Call.CODEC), new CommandArgs<>(Call.CODEC))));
            }
            commands.add(command);
            command.exceptionally(refused -> {
                fail(refused);
                return null;
            });
        }

        /** Passes the server's answer on, which came before that of the replicas. */
        void succeed() {
            command.thenAccept(answer::complete);
        }

        void fail(Throwable failure) {
            answer.completeExceptionally(failure);
        }
    }
}
