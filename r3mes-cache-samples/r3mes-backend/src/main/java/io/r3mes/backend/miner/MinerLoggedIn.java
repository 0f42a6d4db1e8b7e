package io.r3mes.backend.miner;

/** A user who is a miner logged in. */
public record MinerLoggedIn(String wallet) {}
