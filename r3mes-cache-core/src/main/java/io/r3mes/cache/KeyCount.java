package io.r3mes.cache;

/**
 * How often one key was counted.
 *
 * @param count an estimate, never below what was recorded; keys of a busy cache are recorded as a weighted sample
 */
public record KeyCount(String cache, String key, long count) {}
