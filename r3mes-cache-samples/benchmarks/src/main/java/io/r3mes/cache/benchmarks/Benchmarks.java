package io.r3mes.cache.benchmarks;

import io.r3mes.cache.benchmarks.micro.NearHitSuite;
import io.r3mes.cache.benchmarks.micro.SmallCostSuite;
import io.r3mes.cache.benchmarks.system.BulkReads;
import io.r3mes.cache.benchmarks.system.Coherence;
import io.r3mes.cache.benchmarks.system.InvalidateMany;
import io.r3mes.cache.benchmarks.system.Misses;
import io.r3mes.cache.benchmarks.system.RemoteHits;
import io.r3mes.cache.benchmarks.system.Stampede;
import io.r3mes.cache.benchmarks.system.Warming;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs all suites, or those that are named, and reports them.
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
    private static final Path FOLDER = Path.of("target", "benchmarks");

    private Benchmarks() {}

    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        Plan plan = words.contains("full") ? Plan.FULL : Plan.SAMPLE;
        List<String> wanted = words.stream()
                .filter(word -> !List.of("full", "sample").contains(word))
                .toList();
        Report report = new Report(run(plan));
        for (Suite suite : SUITES) {
            if (wanted.isEmpty() || wanted.contains(suite.name())) {
                for (Row row : suite.measure(plan)) {
                    report.add(row);
                }
            }
        }
        report.write(FOLDER);
        System.exit(0);
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
