package io.r3mes.cache.spi;

/**
 * What a node last said of itself.
 *
 * @param node its id
 * @param applied the last position that it has applied
 * @param ageMicros how long ago it said so, by the log server's clock
 * @param maxStalenessMicros how long it trusts its near cache without a proof
 */
public record NodeState(String node, long applied, long ageMicros, long maxStalenessMicros) {}
