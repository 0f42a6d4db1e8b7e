package io.r3mes.backend.block;

/** A block was appended to the chain. */
public record BlockCreated(Block block) {}
