package io.r3mes.cache;

/**
 * How often one key was counted.
 *
 * @param count an estimate that is never below the true number of sampled reads
 */
public record KeyCount(String cache, String key, long count) {}
