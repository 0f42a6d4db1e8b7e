package io.r3mes.cache.spi;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

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

    /**
     * Reads the head, which need not say the replication id. Where metadata is missing, begins a generation whose first
     * position exceeds {@code floor}.
     */
    CompletionStage<Head> head(long floor);

    /**
     * Records that a node is alive and how far it is, then reads the head, in one atomic step. A node silent for a minute
     * more than it trusts its near cache is forgotten.
     */
    CompletionStage<Head> beat(NodeBeat beat);

    CompletionStage<Appended> append(Append append);

    /**
     * Whether {@link #append} carries out removals, as far as is known now. If not, appends are sent without any, after what
     * they name has been removed from the store.
     */
    default boolean removesKeys() {
        return false;
    }

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
     * @param removal what goes in the same atomic step, before the event is appended
     */
    record Append(Event event, long floor, long since, List<String> entryTags, Removal removal) {

        /** Asks for no contest check. */
        public static final long UNCONTESTED = -1;

        /** Removes nothing. */
        public static Append of(Event event, long floor) {
            return new Append(event, floor, UNCONTESTED, List.of(), Removal.NONE);
        }

        /** Removes this as well. */
        public Append with(Removal wanted) {
            return new Append(event, floor, since, entryTags, wanted);
        }

        /** What remains to be done once the removal is done. */
        public Append afterRemoval(long higherFloor) {
            return new Append(event, Math.max(floor, higherFloor), since, entryTags, Removal.NONE);
        }
    }

    /**
     * The values and leases of an event's keys.
     *
     * @param wanted whether they are removed
     * @param kept a lease that stays if it is still held, or null
     */
    record Removal(boolean wanted, @Nullable Lease kept) {

        /** Of nothing. */
        public static final Removal NONE = new Removal(false, null);
        /** Of all. */
        public static final Removal ALL = new Removal(true, null);

        /** Of the value of one key, and of its lease unless it is this one. */
        public static Removal keeping(Lease kept) {
            return new Removal(true, kept);
        }
    }
}
