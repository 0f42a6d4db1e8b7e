package io.r3mes.backend.miner;

/** A user became a miner. */
public record MinerRegistered(String wallet) {}
