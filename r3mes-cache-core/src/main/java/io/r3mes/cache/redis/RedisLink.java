package io.r3mes.cache.redis;

import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.r3mes.cache.redis.RedisClients.Opened;
import io.r3mes.cache.redis.RedisClients.Use;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection. The first operation begins to open it in the background, and opening is retried until it succeeds; from
 * then on Lettuce reconnects, unless the server was demoted: then another connection is opened. While there is none,
 * operations fail at once.
 */
final class RedisLink implements Sender {

    private static final Logger log = LoggerFactory.getLogger(RedisLink.class);

    private final Use use;
    private final RedisClients clients;
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private final Object lock = new Object();
    private volatile @Nullable Current current;
    private volatile @Nullable Throwable lastFailure;
    private boolean opening; // guarded by lock
    private boolean closed; // guarded by lock
    private boolean pausing; // guarded by lock
    private final List<Runnable> onReopen = new CopyOnWriteArrayList<>();
    private volatile @Nullable RedisLink earlier;
    private final Backoff backoff; // guarded by lock

    RedisLink(Use use, RedisClients clients, LongSupplier random) {
        this.use = use;
        this.clients = clients;
        this.backoff = new Backoff(random);
    }

    /** Sends a command. Whatever goes wrong completes the stage. */
    <T extends @Nullable Object> CompletionStage<T> call(
            Function<RedisClusterAsyncCommands<String, byte[]>, CompletionStage<T>> command) {
        return use(command, (asked, opened) -> asked.apply(opened.commands()));
    }

    /** Uses the connection. Whatever goes wrong completes the stage. */
    <T extends @Nullable Object> CompletionStage<T> use(Function<Opened, CompletionStage<T>> task) {
        return use(task, Function::apply);
    }

    /** The same for a task that is told what it is for, so that it can be one object for all. */
    <Q, T extends @Nullable Object> CompletionStage<T> use(Q asked, BiFunction<Q, Opened, CompletionStage<T>> task) {
        Current used = current;
        if (used == null) {
            return refuse();
        }
        try {
            CompletionStage<T> sent = task.apply(asked, used.opened);
            sent.whenComplete(used);
            return sent;
        } catch (RuntimeException e) {
            check(used, e);
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Whether there is a connection, which may be broken. */
    boolean isOpened() {
        return current != null;
    }

    /** What an operation gets that finds no connection. Begins to open one. */
    <T extends @Nullable Object> CompletionStage<T> refuse() {
        connect();
        return CompletableFuture.failedFuture(new RedisUnavailableException("Not connected to Redis yet", lastFailure));
    }

    @Override
    public <T extends @Nullable Object> CompletionStage<T> send(Call<T> call) {
        return Retries.send(
                () -> call(
                        commands -> commands.dispatch(call.type(), call.output().get(), call.arguments())),
                clients.scheduler(),
                clients.commandTimeout());
    }

    /** Tells another link when this one leaves a demoted server, so that it does the same. */
    void onReopen(Runnable follow) {
        onReopen.add(follow);
    }

    /** Opens another link before this one, for the first time: whoever finds this one open finds that one open, too. */
    void opensAfter(RedisLink other) {
        earlier = other;
    }

    /** Gives the connection up and opens another one, which may be to another server; not more often than bearable. */
    void reopen() {
        Current left;
        synchronized (lock) {
            left = current;
            if (left == null || closed || pausing) {
                return;
            }
            current = null;
            opening = true;
            pausing = true;
            backoff.reset();
        }
        log.debug("Leaving the server of the connection ({})", use);
        CompletableFuture<Void> unused = left.opened.connection().closeAsync();
        later(RedisOptions.REFRESH_PAUSE.toMillis(), () -> {
            synchronized (lock) {
                pausing = false;
            }
        });
        attempt();
        onReopen.forEach(Runnable::run);
    }

    private void check(Current used, @Nullable Throwable failure) {
        if (failure != null && !isClosed() && used.equals(current) && clients.mustReopen(failure)) {
            reopen();
        }
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    /** Begins to connect, unless that is under way. Completes when the first connection is there. */
    CompletionStage<Void> connect() {
        synchronized (lock) {
            if (opening || closed || current != null) {
                return connected;
            }
            opening = true;
        }
        RedisLink other = earlier;
        if (other == null) {
            attemptInBackground();
        } else {
            CompletionStage<Void> unused = other.connect().thenRun(this::attemptInBackground);
        }
        return connected;
    }

    /** The first connection of a JVM takes its thread several hundred milliseconds, which an application's start need not wait. */
    private void attemptInBackground() {
        try {
            clients.scheduler().execute(this::attempt);
        } catch (RejectedExecutionException closedAlready) {
            failed(closedAlready);
        }
    }

    /** Whether there is a connection, and it is one to a cluster. */
    boolean isToCluster() {
        Current used = current;
        return used != null && used.opened.connection() instanceof StatefulRedisClusterConnection;
    }

    /** Whether there is a connection, and what it is to has all keys. */
    boolean isToOneServer() {
        return current != null && !isToCluster();
    }

    /** The id of the master of a key in a cluster; empty where there is one master only, or it is not known. */
    String masterOf(String key) {
        Current used = current;
        if (used != null && used.opened.connection() instanceof StatefulRedisClusterConnection<?, ?> cluster) {
            RedisClusterNode master = cluster.getPartitions().getPartitionBySlot(SlotHash.getSlot(key));
            return master == null ? "" : master.getNodeId();
        }
        return "";
    }

    /** See {@link io.r3mes.cache.spi.RemoteStore#takeovers()}. */
    long takeovers() {
        return clients.takeovers();
    }

    /** See {@link RedisClients#configEpoch()}. */
    OptionalLong configEpoch() {
        return clients.configEpoch();
    }

    /** See {@link io.r3mes.cache.spi.RemoteStore#epoch()}. */
    long epoch() {
        return clients.epoch();
    }

    /** Ends the connection and all attempts to open it. */
    CompletableFuture<Void> close() {
        Current left;
        synchronized (lock) {
            left = closed ? null : current;
            closed = true;
        }
        connected.completeExceptionally(new RedisUnavailableException("The adapter is closed", lastFailure));
        return left == null
                ? CompletableFuture.completedFuture(null)
                : left.opened.connection().closeAsync();
    }

    private void attempt() {
        if (isClosed()) {
            return;
        }
        CompletionStage<Opened> opens;
        try {
            opens = clients.open(use);
        } catch (RuntimeException e) {
            failed(e);
            return;
        }
        opens.whenComplete((connection, failure) -> {
            if (failure == null) {
                succeeded(connection);
            } else {
                failed(failure);
            }
        });
    }

    private void succeeded(Opened connection) {
        boolean late;
        synchronized (lock) {
            late = closed;
            current = late ? null : new Current(connection);
        }
        if (late) {
            CompletableFuture<Void> unused = connection.connection().closeAsync();
            return;
        }
        if (connected.complete(null)) {
            log.info("Connected to Redis ({})", use);
        }
    }

    private void failed(Throwable failure) {
        long pause;
        synchronized (lock) {
            if (closed) {
                return;
            }
            pause = backoff.next();
        }
        if (lastFailure == null) {
            log.warn("Cannot connect to Redis ({}), trying on in the background: {}", use, rootOf(failure));
        }
        lastFailure = failure;
        later(pause, this::attempt);
    }

    /** Runs a task on the timer, or never if the client is closed by then. */
    void later(long millis, Runnable task) {
        try {
            clients.timer().newTimeout(timeout -> task.run(), millis, TimeUnit.MILLISECONDS);
        } catch (IllegalStateException timerStopped) {
            log.debug("The client is closed ({})", use, timerStopped);
        }
    }

    private static String rootOf(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure.toString() : rootOf(cause);
    }

    /** The connection in use, which is looked at again whenever one of its operations fails. */
    private final class Current implements BiConsumer<@Nullable Object, @Nullable Throwable> {

        private final Opened opened;

        Current(Opened opened) {
            this.opened = opened;
        }

        @Override
        public void accept(@Nullable Object answer, @Nullable Throwable failure) {
            check(this, failure instanceof CompletionException wrapped ? wrapped.getCause() : failure);
        }
    }
}
