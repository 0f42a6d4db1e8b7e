package io.r3mes.cache.redis;

import io.r3mes.cache.spi.Appended;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.LogEntry;
import io.r3mes.cache.spi.Marks;
import io.r3mes.cache.spi.Nodes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A log whose operations for callers fail at once while its master does not answer. What keeps a node up to date is sent
 * all the same: it proves nothing else and is nobody's wait.
 */
final class GuardedLog implements InvalidationLog {

    private final RedisInvalidationLog log;
    private final Circuits circuits;
    private final String key;

    /**
     * @param key any of the log's
     */
    GuardedLog(RedisInvalidationLog log, Circuits circuits, String key) {
        this.log = log;
        this.circuits = circuits;
        this.key = key;
    }

    @Override
    public CompletionStage<Head> head(long floor) {
        return guarded(() -> log.head(floor));
    }

    @Override
    public CompletionStage<Head> beat(NodeBeat beat) {
        return circuits.of(key).watch(log.beat(beat));
    }

    @Override
    public CompletionStage<Appended> append(Append append) {
        return guarded(() -> log.append(append));
    }

    @Override
    public boolean removesKeys() {
        return log.removesKeys();
    }

    @Override
    public CompletionStage<Marks> marks(List<String> tags, long birth) {
        return guarded(() -> log.marks(tags, birth));
    }

    @Override
    public CompletionStage<List<LogEntry>> read(long after, int limit, Duration wait) {
        return log.read(after, limit, wait);
    }

    @Override
    public CompletionStage<Nodes> nodes() {
        return guarded(log::nodes);
    }

    @Override
    public CompletionStage<Void> leave(String node) {
        return guarded(() -> log.leave(node));
    }

    @Override
    public void close() {
        log.close();
    }

    private <T> CompletionStage<T> guarded(Supplier<CompletionStage<T>> operation) {
        Circuit circuit = circuits.of(key);
        return circuit.isOpen() ? circuit.refuse(key) : circuit.watch(operation.get());
    }
}
