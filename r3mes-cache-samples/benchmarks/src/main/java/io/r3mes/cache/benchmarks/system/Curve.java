package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * Points that are measured in turn, in another order each round, after all of them have been warmed up. So neither the
 * compiler's work nor that of others on the machine falls on some points only.
 */
final class Curve implements AutoCloseable {

    private static final Duration WARM_UP = Duration.ofSeconds(1);
    /** Of each point, in each of the plan's rounds. */
    private static final int TURNS = 2;

    private final List<Started> points = new ArrayList<>();

    /**
     * One point.
     *
     * @param threads that call
     * @param before what it needs before it is measured
     * @param row shows what was measured
     */
    record Point(
            int threads,
            Throughput.Work before,
            Throughput.Work floor,
            Throughput.Work ours,
            Function<Throughput.Rates, Row> row) {

        Point(int threads, Throughput.Work floor, Throughput.Work ours, Function<Throughput.Rates, Row> row) {
            this(threads, () -> {}, floor, ours, row);
        }
    }

    private record Started(Point point, Throughput throughput, Throughput.Turns turns) {}

    void add(Point point) {
        Throughput throughput = new Throughput(point.threads());
        points.add(new Started(point, throughput, throughput.new Turns(point.floor(), point.ours())));
    }

    /** The rows of all points, in the order in which they were added. */
    List<Row> measure(Plan plan) throws Exception {
        for (Started each : points) {
            each.point().before().run();
            each.turns().warmUp(WARM_UP);
        }
        Random order = new Random(0);
        List<Started> shuffled = new ArrayList<>(points);
        for (int i = 0; i < TURNS * plan.rounds(); i++) {
            Collections.shuffle(shuffled, order);
            for (Started each : shuffled) {
                each.point().before().run();
                each.turns().next();
            }
        }
        return points.stream()
                .map(each -> each.point().row().apply(each.turns().rates()))
                .toList();
    }

    @Override
    public void close() {
        points.forEach(each -> each.throughput().close());
    }
}
