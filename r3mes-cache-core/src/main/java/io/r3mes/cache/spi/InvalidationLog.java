package io.r3mes.cache.spi;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The ordered log of invalidations and the metadata beside it, shared by all nodes of a namespace.
 *
 * <p>Positions are {@code max(server time, last handed out + 1, caller's floor + 1)}, strictly increasing within a
 * generation. Appending an event updates log, head, and the stamps and rules that the event touches in one atomic step.
 * Missing metadata begins a new generation; a missing tag stamp is created at the current head.
 *
 * <p>Methods never block. A stage that completes exceptionally says only that the log did not acknowledge in time: the
 * operation may have happened. Stages may complete on an I/O thread.
 */
public interface InvalidationLog extends AutoCloseable {

    /** Reads the head. Where metadata is missing, begins a generation whose first position exceeds {@code floor}. */
    CompletionStage<Head> head(long floor);

    /**
     * Records that a node is alive and how far it is, then reads the head, in one atomic step. A node silent for a minute
     * more than it trusts its near cache is forgotten.
     */
    CompletionStage<Head> beat(NodeBeat beat);

    CompletionStage<Appended> append(Append append);

    /** Reads stamps of {@code tags}, and rules newer than {@code birth}. */
    CompletionStage<Marks> marks(List<String> tags, long birth);

    /**
     * The entries after a position, oldest first and at most {@code limit}. Waits up to {@code wait} for the first; an
     * empty list proves nothing about completeness.
     */
    CompletionStage<List<LogEntry>> read(long after, int limit, Duration wait);

    CompletionStage<Nodes> nodes();

    /** Removes a node that is closing from the list of nodes. */
    CompletionStage<Void> leave(String node);

    @Override
    void close();

    /**
     * A sign of life.
     *
     * @param node its id
     * @param applied the last position that it has applied
     * @param maxStaleness how long it trusts its near cache without a proof
     */
    record NodeBeat(String node, long applied, Duration maxStaleness) {}

    /**
     * An event to append.
     *
     * @param floor the new position exceeds it
     * @param since the position after which another event on the same entry counts as contest, or {@link #UNCONTESTED}
     * @param entryTags the tags of the entry that {@code since} asks about
     */
    record Append(Event event, long floor, long since, List<String> entryTags) {

        /** Asks for no contest check. */
        public static final long UNCONTESTED = -1;

        public static Append of(Event event, long floor) {
            return new Append(event, floor, UNCONTESTED, List.of());
        }
    }
}
