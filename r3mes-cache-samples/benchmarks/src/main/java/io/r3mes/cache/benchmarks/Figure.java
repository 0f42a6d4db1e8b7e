package io.r3mes.cache.benchmarks;

/** A measured number with the name of what was measured. */
public record Figure(String name, double value) {}
