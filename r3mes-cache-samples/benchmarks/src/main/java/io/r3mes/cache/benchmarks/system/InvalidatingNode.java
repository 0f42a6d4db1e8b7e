package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.testing.TestNodes;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** A node that invalidates tags at a given rate, in a JVM of its own. */
final class InvalidatingNode {

    private static final int MOST_WAITING = 1_024;
    private static final int TAGS = 1_000;
    private static final long PAUSE_NANOS = 1_000_000;
    /** What a node that cannot keep up leaves out, lest it be sent later, when it is not asked for. */
    private static final double LONGEST_BACKLOG_SECONDS = 0.05;

    private final CacheInvalidator invalidator;
    private final Semaphore waiting = new Semaphore(MOST_WAITING);
    private final LongAdder acknowledged = new LongAdder();
    private final AtomicInteger perSecond = new AtomicInteger();

    private InvalidatingNode(CacheInvalidator invalidator) {
        this.invalidator = invalidator;
    }

    /**
     * Argument: the URI of Redis. Each line of the input is a number of invalidations a second, each line of the output the
     * number that Redis acknowledged in a second before it, since the line before.
     */
    public static void main(String[] arguments) throws Exception {
        try (TestNodes nodes = Arena.nodes(arguments[0])) {
            InvalidatingNode node = new InvalidatingNode(nodes.start(Arena.NEAR).invalidator());
            Thread sending = new Thread(node::send);
            sending.setUncaughtExceptionHandler(
                    (thread, failure) -> Runtime.getRuntime().halt(1));
            sending.setDaemon(true);
            sending.start();
            System.out.println(CoherenceListener.READY);
            node.answer(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        }
        System.exit(0);
    }

    private void answer(BufferedReader lines) throws Exception {
        long from = System.nanoTime();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            perSecond.set(Integer.parseInt(line));
            long now = System.nanoTime();
            System.out.println(acknowledged.sumThenReset() * 1e9 / (now - from));
            from = now;
        }
    }

    private void send() {
        double due = 0;
        long last = System.nanoTime();
        for (long number = 0; ; ) {
            LockSupport.parkNanos(PAUSE_NANOS);
            long now = System.nanoTime();
            int rate = perSecond.get();
            due = Math.min(due + rate * (now - last) / 1e9, rate * LONGEST_BACKLOG_SECONDS);
            last = now;
            for (; due >= 1; due--) {
                waiting.acquireUninterruptibly();
                invalidator.invalidateByTagAsync("nobody" + number++ % TAGS).whenComplete((receipt, failure) -> {
                    waiting.release();
                    if (failure == null && !receipt.isPending()) {
                        acknowledged.increment();
                    }
                });
            }
        }
    }
}
