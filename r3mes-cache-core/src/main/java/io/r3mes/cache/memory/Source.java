package io.r3mes.cache.memory;

import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What decides about the effect of a command beside its arguments.
 *
 * @param micros the clock
 * @param replication the replication id of the server that executes it
 */
record Source(LongSupplier micros, LongSupplier random, Supplier<String> replication) {}
