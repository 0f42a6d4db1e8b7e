package io.r3mes.backend.network;

/**
 * The network at a glance.
 *
 * @param hashrate hashes per second of all miners
 * @param pending transactions that wait for a block
 */
public record NetworkStats(long height, long transactions, long pending, long users, long miners, long hashrate) {}
