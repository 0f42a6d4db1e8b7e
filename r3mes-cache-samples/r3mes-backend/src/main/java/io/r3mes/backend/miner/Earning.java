package io.r3mes.backend.miner;

import java.time.Instant;

/** One payment to a miner. */
public record Earning(long amount, String reason, Instant earnedAt) {}
