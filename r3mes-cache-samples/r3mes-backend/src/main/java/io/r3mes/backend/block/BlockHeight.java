package io.r3mes.backend.block;

/** The height of the newest block; 0 while there is none. */
public record BlockHeight(long height) {}
