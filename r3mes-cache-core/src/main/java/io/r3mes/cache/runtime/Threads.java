package io.r3mes.cache.runtime;

import io.r3mes.cache.spi.Environment;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The clock, the timer, the executor and the random numbers of a running manager. */
final class Threads implements AutoCloseable {

    private static final int QUEUE = 65_536;
    private static final RandomGenerator RANDOM =
            () -> ThreadLocalRandom.current().nextLong();

    private final ScheduledThreadPoolExecutor timer;
    private final Executor executor;
    private final @Nullable ExecutorService own;

    /**
     * @param given the application's executor, or null for an own pool
     */
    Threads(@Nullable Executor given) {
        this.timer = new ScheduledThreadPoolExecutor(1, named("r3mes-cache-timer"));
        timer.setRemoveOnCancelPolicy(true);
        ExecutorService pool = given == null ? pool() : null;
        this.own = pool;
        this.executor = pool == null ? Objects.requireNonNull(given) : pool;
    }

    /** Needs no closing; its executor is the caller's thread. */
    static Environment ofSystem() {
        return new Environment(System::nanoTime, Threads::later, Runnable::run, RANDOM);
    }

    Environment environment() {
        return new Environment(System::nanoTime, this::after, executor, RANDOM);
    }

    /** Repeats a short task until closed. */
    void every(Duration period, Runnable task) {
        timer.scheduleAtFixedRate(task, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        timer.shutdown();
        if (own != null) {
            own.shutdown();
        }
    }

    private Runnable after(Duration delay, Runnable task) {
        try {
            ScheduledFuture<?> scheduled = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException closed) {
            return later(delay, task);
        }
    }

    private static Runnable later(Duration delay, Runnable task) {
        CompletableFuture<Void> run = CompletableFuture.runAsync(
                task, CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS));
        return () -> run.cancel(false);
    }

    private static ExecutorService pool() {
        int threads = Math.max(8, 2 * Runtime.getRuntime().availableProcessors());
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE), named("r3mes-cache"));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory named(String name) {
        AtomicInteger next = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + next.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
