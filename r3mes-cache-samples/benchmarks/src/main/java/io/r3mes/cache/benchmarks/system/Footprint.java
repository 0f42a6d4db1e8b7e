package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.benchmarks.Figure;
import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Suite;
import io.r3mes.cache.benchmarks.Target;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Memory of an entry, time that the starter adds to a start, and the size of what it brings. */
public final class Footprint implements Suite {

    private static final List<String> LIBRARY = List.of("r3mes-cache-core", "r3mes-cache-spring-boot-starter");
    private static final List<String> BROUGHT =
            List.of("caffeine", "datasketches", "resilience4j", "jspecify", "kotlin", "vavr");

    @Override
    public String name() {
        return "footprint";
    }

    @Override
    public List<Row> measure(Plan plan) throws Exception {
        return List.of(
                new Row(
                        "heap of a near entry, without its value",
                        "B",
                        new Figure("Caffeine", answer(HeapOfEntries.class, "caffeine")),
                        new Figure("r3mes-cache", answer(HeapOfEntries.class, "r3mes-cache")),
                        Target.none()),
                start(plan),
                size("the library", LIBRARY),
                size("libraries that it brings beside Spring Data Redis and Jackson", BROUGHT));
    }

    private static Row start(Plan plan) throws Exception {
        List<Double> without = new ArrayList<>();
        List<Double> with = new ArrayList<>();
        try (Arena arena = new Arena()) {
            for (int i = 0; i <= 2 * plan.rounds(); i++) {
                without.add(answer(StartUp.class, arena.redis().uri(), "without"));
                with.add(answer(StartUp.class, arena.redis().uri(), "with"));
            }
        }
        double floor = Numbers.median(without.stream().mapToDouble(millis -> millis));
        double added = Numbers.median(with.stream().mapToDouble(millis -> millis)) - floor;
        return new Row(
                "time that the starter adds to a start",
                "ms",
                new Figure("without it", floor),
                new Figure("added", added),
                Target.atMost(200));
    }

    private static Row size(String what, List<String> names) {
        List<File> jars = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(File::new)
                .filter(file ->
                        file.getName().endsWith(".jar") && !file.getName().contains("tests"))
                .filter(file -> names.stream().anyMatch(file.getName()::startsWith))
                .toList();
        double kilobytes = jars.stream().mapToLong(File::length).sum() / 1e3;
        return new Row(
                "size of " + what, "kB", new Figure("jars", jars.size()), new Figure("kB", kilobytes), Target.none());
    }

    private static double answer(Class<?> main, String... arguments) throws Exception {
        try (OtherJvm other = new OtherJvm(main, arguments)) {
            return Double.parseDouble(other.answer());
        }
    }
}
