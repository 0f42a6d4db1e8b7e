package io.r3mes.cache.benchmarks.system;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Many threads that ask for one missing key at once. */
final class Crowd implements AutoCloseable {

    static final int THREADS = 200;
    static final int LOAD_MILLIS = 100;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    /** Reads a key through a cache, which may call the loader. */
    @FunctionalInterface
    interface Read {
        @Nullable String get(String key, Function<String, String> loader);
    }

    /** What came of one key: how often it was loaded, and how many milliseconds each thread waited for it. */
    record Outcome(int loads, double[] waits) {

        static Outcome parse(String text) {
            double[] numbers = Stream.of(text.split(" ", -1))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            return new Outcome(
                    (int) numbers[0], DoubleStream.of(numbers).skip(1).toArray());
        }

        String text() {
            return loads + " "
                    + DoubleStream.of(waits).mapToObj(Double::toString).collect(Collectors.joining(" "));
        }

        Outcome plus(Outcome other) {
            return new Outcome(
                    loads + other.loads,
                    DoubleStream.concat(DoubleStream.of(waits), DoubleStream.of(other.waits))
                            .toArray());
        }
    }

    /** Lets all threads ask at once, and waits for their answers. */
    Outcome ask(String key, Read read) throws Exception {
        AtomicInteger loads = new AtomicInteger();
        CountDownLatch ready = new CountDownLatch(THREADS);
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Double>> waits = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            waits.add(threads.submit(() -> {
                ready.countDown();
                go.await();
                long from = System.nanoTime();
                String value = read.get(key, missing -> load(missing, loads));
                double waited = (System.nanoTime() - from) / 1e6;
                if (!value(key).equals(value)) {
                    throw new IllegalStateException(key + " has the value " + value);
                }
                return waited;
            }));
        }
        ready.await();
        go.countDown();
        double[] millis = new double[THREADS];
        for (int i = 0; i < THREADS; i++) {
            millis[i] = waits.get(i).get();
        }
        return new Outcome(loads.get(), millis);
    }

    private static String load(String key, AtomicInteger loads) {
        loads.incrementAndGet();
        long until = System.nanoTime() + LOAD_MILLIS * 1_000_000L;
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return value(key);
    }

    private static String value(String key) {
        return "value of " + key;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
