package io.r3mes.backend.miner;

import java.time.Instant;

/**
 * What a miner achieved.
 *
 * @param hashrate hashes per second, as last reported
 */
public record MinerStats(
        String wallet, long hashrate, long acceptedShares, long blocksMined, long earned, Instant registeredAt) {}
