package io.r3mes.cache.memory;

import io.r3mes.cache.spi.Appended;
import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.LogEntry;
import io.r3mes.cache.spi.Marks;
import io.r3mes.cache.spi.Nodes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The log, its metadata and the nodes in memory. */
final class MemoryInvalidationLog implements InvalidationLog {

    private static final int MOST_WAITERS = 1_000;

    private final Object lock;
    private final Environment.Timer timer;
    private final LogState state; // guarded by lock
    private final NodeList nodes; // guarded by lock
    private final Map<Long, CompletableFuture<Void>> waiters = new HashMap<>(); // guarded by lock
    private long lastWaiter; // guarded by lock

    MemoryInvalidationLog(Object lock, Environment.Timer timer, LogState state, NodeList nodes) {
        this.lock = lock;
        this.timer = timer;
        this.state = state;
        this.nodes = nodes;
    }

    @Override
    public CompletionStage<Head> head(long floor) {
        synchronized (lock) {
            return CompletableFuture.completedFuture(state.head(floor));
        }
    }

    @Override
    public CompletionStage<Head> beat(NodeBeat beat) {
        synchronized (lock) {
            nodes.put(beat);
            return CompletableFuture.completedFuture(state.head(beat.applied()));
        }
    }

    @Override
    public CompletionStage<Appended> append(Append append) {
        Appended appended;
        List<CompletableFuture<Void>> woken;
        synchronized (lock) {
            appended = state.append(append);
            woken = List.copyOf(waiters.values());
            waiters.clear();
        }
        woken.forEach(waiter -> waiter.complete(null));
        return CompletableFuture.completedFuture(appended);
    }

    @Override
    public CompletionStage<Marks> marks(List<String> tags, long birth) {
        synchronized (lock) {
            return CompletableFuture.completedFuture(state.marks(tags, birth));
        }
    }

    @Override
    public CompletionStage<List<LogEntry>> read(long after, int limit, Duration wait) {
        CompletableFuture<Void> waiter = new CompletableFuture<>();
        long number;
        synchronized (lock) {
            List<LogEntry> entries = state.read(after, limit);
            if (!entries.isEmpty() || wait.isZero() || wait.isNegative() || waiters.size() >= MOST_WAITERS) {
                return CompletableFuture.completedFuture(entries);
            }
            number = ++lastWaiter;
            waiters.put(number, waiter);
        }
        Runnable cancel = timer.after(wait, () -> waiter.complete(null));
        return waiter.thenApply(woken -> {
            cancel.run();
            return endWait(number, after, limit);
        });
    }

    @Override
    public CompletionStage<Nodes> nodes() {
        synchronized (lock) {
            return CompletableFuture.completedFuture(nodes.read());
        }
    }

    @Override
    public CompletionStage<Void> leave(String node) {
        synchronized (lock) {
            nodes.remove(node);
        }
        return CompletableFuture.completedFuture(null);
    }

    /** Does nothing: the log belongs to the adapter. */
    @Override
    public void close() {}

    private List<LogEntry> endWait(long waiter, long after, int limit) {
        synchronized (lock) {
            waiters.remove(waiter);
            return state.read(after, limit);
        }
    }
}
