package io.r3mes.cache.benchmarks.system;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.DoubleStream;

/** A client that asks Redis for something small every millisecond, and notes how long it waits. */
record Probe(BareRedis client) {

    private static final long PAUSE_NANOS = 1_000_000;

    /** The waits in milliseconds, until the time is over or nothing is left to wait beside. */
    Numbers waits(Duration atMost, BooleanSupplier ended) {
        DoubleStream.Builder millis = DoubleStream.builder();
        long until = System.nanoTime() + atMost.toNanos();
        do {
            long from = System.nanoTime();
            client.ping();
            millis.add((System.nanoTime() - from) / (double) TimeUnit.MILLISECONDS.toNanos(1));
            LockSupport.parkNanos(PAUSE_NANOS);
        } while (System.nanoTime() < until && !ended.getAsBoolean());
        return Numbers.of(millis.build());
    }
}
