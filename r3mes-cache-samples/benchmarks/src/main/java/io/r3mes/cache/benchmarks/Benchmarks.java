package io.r3mes.cache.benchmarks;

import io.r3mes.cache.benchmarks.micro.NearHitSuite;
import io.r3mes.cache.benchmarks.micro.SmallCostSuite;
import io.r3mes.cache.benchmarks.system.BulkReads;
import io.r3mes.cache.benchmarks.system.Coherence;
import io.r3mes.cache.benchmarks.system.Footprint;
import io.r3mes.cache.benchmarks.system.InvalidateMany;
import io.r3mes.cache.benchmarks.system.Misses;
import io.r3mes.cache.benchmarks.system.NearGrowth;
import io.r3mes.cache.benchmarks.system.RedisGrowth;
import io.r3mes.cache.benchmarks.system.RemoteHits;
import io.r3mes.cache.benchmarks.system.Stampede;
import io.r3mes.cache.benchmarks.system.Warming;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs all suites but the curves, or those suites that are named, and reports them.
 *
 * <p>Arguments: {@code full} or {@code sample}, then names of suites.
 */
public final class Benchmarks {

    private static final List<Suite> SUITES = List.of(
            new NearHitSuite(),
            new SmallCostSuite(),
            new RemoteHits(),
            new Misses(),
            new Warming(),
            new BulkReads(),
            new InvalidateMany(),
            new Coherence(),
            new Stampede());
    /** Only if they are named. */
    private static final List<Suite> CURVES = List.of(new NearGrowth(), new RedisGrowth(), new Footprint());

    private static final Path FOLDER = Path.of("target", "benchmarks");

    private Benchmarks() {}

    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        Plan plan = words.contains("full") ? Plan.FULL : Plan.SAMPLE;
        List<String> wanted = words.stream()
                .filter(word -> !List.of("full", "sample").contains(word))
                .toList();
        Report report = new Report(run(plan));
        try {
            for (Suite suite : chosen(wanted)) {
                suite.measure(plan).forEach(report::add);
            }
        } finally {
            report.write(FOLDER);
        }
        System.exit(0);
    }

    private static List<Suite> chosen(List<String> wanted) {
        return wanted.isEmpty()
                ? SUITES
                : Stream.concat(SUITES.stream(), CURVES.stream())
                        .filter(suite -> wanted.contains(suite.name()))
                        .toList();
    }

    private static Map<String, String> run(Plan plan) {
        Map<String, String> run = new LinkedHashMap<>();
        run.put("form", plan.equals(Plan.FULL) ? "full" : "sample");
        run.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
        run.put("java", System.getProperty("java.vm.version"));
        run.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        return run;
    }
}
