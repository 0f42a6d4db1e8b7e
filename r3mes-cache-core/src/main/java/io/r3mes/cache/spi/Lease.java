package io.r3mes.cache.spi;

import java.time.Duration;

/**
 * The right of one attempt to store one key.
 *
 * @param token random and new for every attempt
 * @param duration how long it holds without renewal
 */
public record Lease(String key, String token, Duration duration) {}
