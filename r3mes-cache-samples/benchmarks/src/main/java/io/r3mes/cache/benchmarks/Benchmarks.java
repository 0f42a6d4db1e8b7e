package io.r3mes.cache.benchmarks;

import io.r3mes.cache.benchmarks.micro.NearHitSuite;
import io.r3mes.cache.benchmarks.micro.SmallCostSuite;
import io.r3mes.cache.benchmarks.system.BulkReads;
import io.r3mes.cache.benchmarks.system.Coherence;
import io.r3mes.cache.benchmarks.system.Footprint;
import io.r3mes.cache.benchmarks.system.InvalidateMany;
import io.r3mes.cache.benchmarks.system.InvalidationGrowth;
import io.r3mes.cache.benchmarks.system.Misses;
import io.r3mes.cache.benchmarks.system.NearGrowth;
import io.r3mes.cache.benchmarks.system.NodeGrowth;
import io.r3mes.cache.benchmarks.system.RedisGrowth;
import io.r3mes.cache.benchmarks.system.RemoteHits;
import io.r3mes.cache.benchmarks.system.Stampede;
import io.r3mes.cache.benchmarks.system.Warming;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs the suites that compare with a target, or those suites that are named, and reports them.
 *
 * <p>Arguments: {@code full} or {@code sample}, then names of suites; {@code growth} names all curves.
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
    private static final List<Suite> MORE =
            List.of(new NearGrowth(), new RedisGrowth(), new InvalidationGrowth(), new NodeGrowth(), new Footprint());

    private static final Path FOLDER = Path.of("target", "benchmarks");

    private Benchmarks() {}

    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        Plan plan = words.contains("full") ? Plan.FULL : Plan.SAMPLE;
        List<String> wanted = words.stream()
                .filter(word -> !List.of("full", "sample").contains(word))
                .toList();
        List<Suite> suites = chosen(wanted);
        Report report = new Report(run(plan));
        try {
            for (Suite suite : suites) {
                suite.measure(plan).forEach(report::add);
            }
        } finally {
            report.write(FOLDER);
        }
        System.exit(0);
    }

    /**
     * Suites by their names, or the ends of their names after a hyphen.
     *
     * @throws IllegalArgumentException if there is none of a name
     */
    static List<Suite> chosen(List<String> wanted) {
        if (wanted.isEmpty()) {
            return SUITES;
        }
        List<Suite> all = Stream.concat(SUITES.stream(), MORE.stream()).toList();
        for (String word : wanted) {
            if (all.stream().noneMatch(suite -> isMeant(suite, word))) {
                throw new IllegalArgumentException("No suite is called '" + word + "'. There are "
                        + all.stream().map(Suite::name).collect(Collectors.joining(", "))
                        + "; 'growth' means all curves.");
            }
        }
        return all.stream()
                .filter(suite -> wanted.stream().anyMatch(word -> isMeant(suite, word)))
                .toList();
    }

    private static boolean isMeant(Suite suite, String word) {
        return suite.name().equals(word) || suite.name().endsWith("-" + word);
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
