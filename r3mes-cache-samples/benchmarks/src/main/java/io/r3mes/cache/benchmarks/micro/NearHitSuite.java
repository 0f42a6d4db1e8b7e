package io.r3mes.cache.benchmarks.micro;

import io.r3mes.cache.benchmarks.Figure;
import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Suite;
import io.r3mes.cache.benchmarks.Target;
import java.util.ArrayList;
import java.util.List;

/** Hits of the near cache: time, allocation, and how they scale over threads. */
public final class NearHitSuite implements Suite {

    private static final int THREADS = 4;

    @Override
    public String name() {
        return "near-hits";
    }

    @Override
    public List<Row> measure(Plan plan) throws Exception {
        Jmh one = new Jmh(plan, NearHits.class, 1, List.of());
        Jmh four = new Jmh(plan, NearHits.class, THREADS, List.of("caffeine", "api", "annotation"));
        List<Row> rows = new ArrayList<>();
        rows.addAll(rows(one, "annotation", "springAnnotation", 3, 64));
        rows.addAll(rows(one, "annotationOfTwo", "springAnnotationOfTwo", 3, 64));
        rows.addAll(rows(one, "api", "caffeineWithoutTtl", 1.6, 24));
        for (String method : List.of("annotation", "api")) {
            Figure floor = new Figure("Caffeine", scaled(one, four, "caffeine"));
            rows.add(new Row(
                    "near hit, " + method + ", " + THREADS + " threads",
                    "x of one thread",
                    floor,
                    new Figure("r3mes-cache", scaled(one, four, method)),
                    Target.ratioAtLeast(0.9)));
        }
        return rows;
    }

    private static List<Row> rows(Jmh jmh, String method, String beside, double ratio, double bytes) {
        return List.of(
                new Row(
                        "near hit, " + method,
                        "ns",
                        jmh.time("caffeine", "Caffeine"),
                        jmh.time(method, "r3mes-cache"),
                        Target.ratioAtMost(ratio),
                        List.of(jmh.time(beside, beside))),
                new Row(
                        "near hit, " + method,
                        "B",
                        jmh.bytes("caffeine", "Caffeine"),
                        jmh.bytes(method, "r3mes-cache"),
                        Target.atMost(bytes),
                        List.of(jmh.bytes(beside, beside))));
    }

    /** How much more all threads do than one. */
    private static double scaled(Jmh one, Jmh four, String method) {
        return THREADS * one.time(method, "").value() / four.time(method, "").value();
    }
}
