package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.benchmarks.Figure;
import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;

/** How often a second several threads call two things, in turn, and the bytes that a call allocates in the JVM. */
final class Throughput implements AutoCloseable {

    /** Short, so that what else the machine does meets both alike. */
    private static final Duration TURN = Duration.ofMillis(500);

    private final int threads;
    private final ExecutorService pool;

    Throughput(int threads) {
        this.threads = threads;
        this.pool = Executors.newFixedThreadPool(threads);
    }

    /** One call. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** What one thing did: medians of its turns. */
    record Rate(double perSecond, double bytes) {

        Rate times(int each) {
            return new Rate(perSecond * each, bytes / each);
        }
    }

    /** Both things. */
    record Rates(Rate floor, Rate ours) {

        /** The same with calls that count for several. */
        Rates times(int each) {
            return new Rates(floor.times(each), ours.times(each));
        }

        Row speed(String path, String unit, Target target) {
            return row(path, unit, target, Rate::perSecond);
        }

        Row bytes(String path, Target target) {
            return row(path, "B", target, Rate::bytes);
        }

        private Row row(String path, String unit, Target target, ToDoubleFunction<Rate> value) {
            return new Row(
                    path,
                    unit,
                    new Figure("Lettuce", Math.rint(value.applyAsDouble(floor))),
                    new Figure("r3mes-cache", Math.rint(value.applyAsDouble(ours))),
                    target);
        }
    }

    Rates compare(Plan plan, Work floor, Work ours) throws Exception {
        Turns turns = new Turns(floor, ours);
        turns.warmUp(plan.warmUp());
        long count = plan.rounds() * plan.round().dividedBy(TURN);
        for (long i = 0; i < count; i++) {
            turns.next();
        }
        return turns.rates();
    }

    /** Two things that are called in turn. */
    final class Turns {

        private final Work floor;
        private final Work ours;
        private final List<Rate> ofFloor = new ArrayList<>();
        private final List<Rate> ofOurs = new ArrayList<>();

        Turns(Work floor, Work ours) {
            this.floor = floor;
            this.ours = ours;
        }

        void warmUp(Duration each) throws Exception {
            turn(floor, each);
            turn(ours, each);
        }

        void next() throws Exception {
            ofFloor.add(turn(floor, TURN));
            ofOurs.add(turn(ours, TURN));
        }

        Rates rates() {
            return new Rates(median(ofFloor), median(ofOurs));
        }
    }

    private Rate turn(Work work, Duration time) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        long allocated = Allocation.ofAllThreads();
        long from = System.nanoTime();
        List<Future<Long>> counts = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            counts.add(pool.submit(() -> {
                long calls = 0;
                for (; !ended.get(); calls++) {
                    work.run();
                }
                return calls;
            }));
        }
        for (long left = time.toNanos(); left > 0; left = from + time.toNanos() - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        ended.set(true);
        long calls = 0;
        for (Future<Long> count : counts) {
            calls += count.get();
        }
        long nanos = System.nanoTime() - from;
        return new Rate(calls * 1e9 / nanos, (double) (Allocation.ofAllThreads() - allocated) / calls);
    }

    /** Makes so many calls, a multiple of the threads, spread over the threads. */
    void times(int calls, Work work) throws Exception {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(pool.submit(() -> {
                for (int call = 0; call < calls / threads; call++) {
                    work.run();
                }
                return null;
            }));
        }
        for (Future<?> each : all) {
            each.get();
        }
    }

    private static Rate median(List<Rate> rates) {
        return new Rate(
                Numbers.median(rates.stream().mapToDouble(Rate::perSecond)),
                Numbers.median(rates.stream().mapToDouble(Rate::bytes)));
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
