package io.r3mes.cache.memory;

import io.r3mes.cache.spi.Appended;
import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.LogEntry;
import io.r3mes.cache.spi.Marks;
import io.r3mes.cache.spi.NodeState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The log, its metadata and the nodes in memory. */
final class MemoryInvalidationLog implements InvalidationLog {

    private static final long SILENCE_MICROS = TimeUnit.SECONDS.toMicros(60);
    private static final int MOST_NODES = 1_000;
    private static final int MOST_WAITERS = 1_000;

    private final Object lock;
    private final LongSupplier micros;
    private final Environment.Timer timer;
    private final LogState state; // guarded by lock
    private final ExpiringMap<Beaten> nodes; // guarded by lock
    private final Map<Long, CompletableFuture<Void>> waiters = new HashMap<>(); // guarded by lock
    private long lastWaiter; // guarded by lock

    MemoryInvalidationLog(Object lock, LongSupplier micros, Environment.Timer timer, LogState state) {
        this.lock = lock;
        this.micros = micros;
        this.timer = timer;
        this.state = state;
        this.nodes = new ExpiringMap<>(micros, MOST_NODES);
    }

    @Override
    public CompletionStage<Head> head(long floor) {
        synchronized (lock) {
            return CompletableFuture.completedFuture(state.head(floor));
        }
    }

    @Override
    public CompletionStage<Head> beat(NodeBeat beat) {
        long staleness = TimeUnit.NANOSECONDS.toMicros(beat.maxStaleness().toNanos());
        synchronized (lock) {
            nodes.put(beat.node(), new Beaten(beat.applied(), micros.getAsLong(), staleness), SILENCE_MICROS);
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
    public CompletionStage<List<NodeState>> nodes() {
        List<NodeState> found = new ArrayList<>();
        synchronized (lock) {
            long now = micros.getAsLong();
            for (String node = nodes.next("", true); node != null; node = nodes.next(node, false)) {
                Beaten beaten = nodes.get(node);
                if (beaten != null) {
                    found.add(new NodeState(node, beaten.applied(), now - beaten.at(), beaten.stalenessMicros()));
                }
            }
        }
        return CompletableFuture.completedFuture(found);
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

    private record Beaten(long applied, long at, long stalenessMicros) {}
}
