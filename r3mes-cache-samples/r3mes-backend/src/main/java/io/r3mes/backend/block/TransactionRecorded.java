package io.r3mes.backend.block;

/** A transaction was accepted and waits for its block. */
public record TransactionRecorded(Transfer transfer) {}
