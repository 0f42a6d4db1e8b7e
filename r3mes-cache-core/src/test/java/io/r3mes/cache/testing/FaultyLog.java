package io.r3mes.cache.testing;

import io.r3mes.cache.spi.Appended;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.LogEntry;
import io.r3mes.cache.spi.Marks;
import io.r3mes.cache.spi.Nodes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * An invalidation log whose operations fail, lose their answers or come late when a test says so. Put it into a manager
 * with {@code R3mesCache.invalidationLog(FaultyLog::new)}. Thread-safe.
 */
public final class FaultyLog implements InvalidationLog {

    private final InvalidationLog real;
    private final Faults<Operation> faults = new Faults<>(Operation.class);

    public FaultyLog(InvalidationLog real) {
        this.real = real;
    }

    /** The operations of a log. */
    public enum Operation {
        HEAD,
        BEAT,
        APPEND,
        MARKS,
        READ,
        NODES,
        LEAVE
    }

    public Faults<Operation> faults() {
        return faults;
    }

    @Override
    public CompletionStage<Head> head(long floor) {
        return faults.around(Operation.HEAD, () -> real.head(floor));
    }

    @Override
    public CompletionStage<Head> beat(NodeBeat beat) {
        return faults.around(Operation.BEAT, () -> real.beat(beat));
    }

    @Override
    public CompletionStage<Appended> append(Append append) {
        return faults.around(Operation.APPEND, () -> real.append(append));
    }

    @Override
    public boolean removesKeys() {
        return real.removesKeys();
    }

    @Override
    public CompletionStage<Marks> marks(List<String> tags, long birth) {
        return faults.around(Operation.MARKS, () -> real.marks(tags, birth));
    }

    @Override
    public CompletionStage<List<LogEntry>> read(long after, int limit, Duration wait) {
        return faults.around(Operation.READ, () -> real.read(after, limit, wait));
    }

    @Override
    public CompletionStage<Nodes> nodes() {
        return faults.around(Operation.NODES, real::nodes);
    }

    @Override
    public CompletionStage<Void> leave(String node) {
        return faults.around(Operation.LEAVE, () -> real.leave(node));
    }

    @Override
    public void close() {
        real.close();
    }
}
