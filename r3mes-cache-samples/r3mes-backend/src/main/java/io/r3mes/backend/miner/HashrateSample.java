package io.r3mes.backend.miner;

import java.time.Instant;

/** A hashrate that a miner reported, in hashes per second. */
public record HashrateSample(long hashrate, Instant reportedAt) {}
