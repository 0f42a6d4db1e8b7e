package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.spi.Appended;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.LogEntry;
import io.r3mes.cache.spi.Marks;
import io.r3mes.cache.spi.Nodes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;

/**
 * A node's invalidation log that tells when the node has applied what it read: then it asks for what comes after that, and
 * none of its reads is served what was invalidated. Nobody needs to poll, which would take a processor from what is measured.
 */
final class AppliedTimes implements InvalidationLog {

    private final InvalidationLog real;
    private final LongConsumer listener;
    private volatile long last;

    /**
     * @param listener of {@link System#nanoTime()}; called by the thread that applied
     */
    AppliedTimes(InvalidationLog real, LongConsumer listener) {
        this.real = real;
        this.listener = listener;
    }

    @Override
    public CompletionStage<List<LogEntry>> read(long after, int limit, Duration wait) {
        if (after != last) {
            listener.accept(System.nanoTime());
            last = after;
        }
        return real.read(after, limit, wait);
    }

    @Override
    public CompletionStage<Head> head(long floor) {
        return real.head(floor);
    }

    @Override
    public CompletionStage<Head> beat(NodeBeat beat) {
        return real.beat(beat);
    }

    @Override
    public CompletionStage<Appended> append(Append append) {
        return real.append(append);
    }

    @Override
    public boolean removesKeys() {
        return real.removesKeys();
    }

    @Override
    public CompletionStage<Marks> marks(List<String> tags, long birth) {
        return real.marks(tags, birth);
    }

    @Override
    public CompletionStage<Nodes> nodes() {
        return real.nodes();
    }

    @Override
    public CompletionStage<Void> leave(String node) {
        return real.leave(node);
    }

    @Override
    public void close() {
        real.close();
    }
}
