package io.r3mes.cache.spi;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a request for a lease.
 *
 * @param acquired whether the caller holds the lease now
 * @param value the bytes stored under the key at that moment, or null
 */
public record Claim(boolean acquired, byte @Nullable [] value) {}
