package io.r3mes.cache.spi;

import java.util.List;

/**
 * The nodes that a log's server knows.
 *
 * @param states what each of them last said
 * @param ageMicros since when the server has noted every node that spoke, as a time ago by its own clock; {@link #UNKNOWN}
 *     if it has not, because it took over from another server or lost the list. A node that has been silent for longer
 *     may be missing.
 */
public record Nodes(List<NodeState> states, long ageMicros) {

    public static final long UNKNOWN = -1;
}
