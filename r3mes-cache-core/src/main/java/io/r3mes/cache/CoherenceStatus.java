package io.r3mes.cache;

/**
 * How coherent a node is.
 *
 * @param connected whether Redis answered the last beat
 * @param fenced whether the node distrusts its near cache because its last proof of completeness is too old
 * @param position the last invalidation that the node has applied; 0 before the first contact with Redis
 * @param pending invalidations that Redis has yet to acknowledge
 * @param openCircuits masters of Redis that callers do without, because they have not answered
 */
public record CoherenceStatus(boolean connected, boolean fenced, long position, int pending, int openCircuits) {}
