package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.benchmarks.Figure;
import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Suite;
import io.r3mes.cache.benchmarks.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** How invalidations change with the number of nodes, each in a JVM of its own on this one machine. */
public final class NodeGrowth implements Suite {

    private static final int SAMPLES = 500;
    private static final int AWAITED = 100;
    private static final int AWAITED_LONG = 20;
    /** Rounds of the plan that a server rests: what nodes cost it is little. */
    private static final int RESTS = 3;

    private static final Duration SETTLING = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** In its first minute a server's list of nodes may lack one, and who awaits all nodes waits longer. */
    private static final Duration YOUNG = Duration.ofSeconds(61);

    @Override
    public String name() {
        return "node-growth";
    }

    @Override
    public List<Row> measure(Plan plan) throws Exception {
        List<Row> rows = new ArrayList<>();
        try (Arena arena = new Arena();
                Listeners listeners = new Listeners(arena)) {
            rows.add(everywhere("1 node, in the list's first minute", listeners, AWAITED_LONG));
            rest(YOUNG);
            double idle = idle(plan.round().multipliedBy(RESTS));
            for (int nodes : List.of(1, 2, 4, 8)) {
                String suffix = nodes == 1 ? "1 node" : nodes + " nodes";
                listeners.grow(nodes);
                rows.add(resting(arena, suffix, plan.round().multipliedBy(RESTS), idle));
                if (nodes > 1) {
                    rows.addAll(applied(suffix, listeners));
                }
                rows.add(everywhere(suffix, listeners, AWAITED));
            }
        }
        return rows;
    }

    /** What nodes cost a server at which nothing happens, without what it spends where there are none. */
    private static Row resting(Arena arena, String nodes, Duration time, double idle) {
        double share = share(arena, time);
        return new Row(
                "Redis at rest, " + nodes,
                "% of a core",
                null,
                new Figure("r3mes-cache", share - idle),
                Target.none(),
                List.of(new Figure("without nodes", idle)));
    }

    private static double idle(Duration time) {
        try (Arena empty = new Arena()) {
            rest(SETTLING);
            return share(empty, time);
        }
    }

    private static double share(Arena arena, Duration time) {
        double before = arena.cpuSeconds();
        long from = System.nanoTime();
        rest(time);
        double used = arena.cpuSeconds() - before;
        return 1e11 * used / (System.nanoTime() - from);
    }

    /** A thread that parks may wake up early. */
    private static void rest(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static List<Row> applied(String nodes, Listeners listeners) throws Exception {
        listeners.warmUp();
        Numbers messages = listeners.messages(SAMPLES);
        Numbers invalidations = listeners.invalidations(SAMPLES);
        List<Row> rows = new ArrayList<>();
        for (int percent : List.of(50, 99)) {
            rows.add(new Row(
                    "invalidation until the last near cache has dropped it, p" + percent + ", " + nodes,
                    "us",
                    new Figure("Lettuce pub/sub", messages.percentile(percent)),
                    new Figure("r3mes-cache", invalidations.percentile(percent)),
                    Target.none()));
        }
        return rows;
    }

    /** Beside the time until all nodes are known to have applied an invalidation, the time until it is acknowledged. */
    private static Row everywhere(String nodes, Listeners listeners, int times) {
        double[] acknowledged = new double[times];
        double[] everywhere = new double[times];
        for (int i = 0; i < times; i++) {
            long from = System.nanoTime();
            var receipt = listeners.node().invalidator().invalidateByTag("somebody");
            acknowledged[i] = (System.nanoTime() - from) / 1e6;
            if (!receipt.awaitEverywhere(PATIENCE)) {
                throw new IllegalStateException("Not everywhere within " + PATIENCE);
            }
            everywhere[i] = (System.nanoTime() - from) / 1e6;
        }
        return new Row(
                "invalidation known to be everywhere, p50, " + nodes,
                "ms",
                null,
                new Figure("everywhere", new Numbers(everywhere).percentile(50)),
                Target.none(),
                List.of(new Figure("acknowledged", new Numbers(acknowledged).percentile(50))));
    }
}
