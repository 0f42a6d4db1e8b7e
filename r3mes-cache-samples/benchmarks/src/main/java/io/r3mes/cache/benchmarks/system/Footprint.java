package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.benchmarks.Figure;
import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Suite;
import io.r3mes.cache.benchmarks.Target;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Memory of an entry, time that the starter adds to a start, and the size of what it brings. */
public final class Footprint implements Suite {

    private static final List<String> LIBRARY = List.of("r3mes-cache-core", "r3mes-cache-spring-boot-starter");
    private static final List<String> BROUGHT =
            List.of("caffeine", "datasketches", "resilience4j", "error_prone_annotations", "kotlin", "vavr");

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
                        new Figure("Caffeine", answer(OtherJvm.command(HeapOfEntries.class, "caffeine"))),
                        new Figure("r3mes-cache", answer(OtherJvm.command(HeapOfEntries.class, "r3mes-cache"))),
                        Target.none()),
                start(plan, "backend", "an application with web and transactions"),
                start(plan, "bare", "an application with neither"),
                size("the library", LIBRARY),
                size("libraries that it brings beside Spring Data Redis and Jackson", BROUGHT));
    }

    private static Row start(Plan plan, String kind, String application) throws Exception {
        List<Double> without = new ArrayList<>();
        List<Double> with = new ArrayList<>();
        try (Arena arena = new Arena()) {
            for (int i = 0; i <= 2 * plan.rounds(); i++) {
                ProcessBuilder command =
                        OtherJvm.command(StartUp.class, arena.redis().uri(), kind);
                with.add(start(command, true));
                without.add(start(withoutLibrary(command), false));
            }
        }
        double floor = Numbers.median(without.stream().mapToDouble(millis -> millis));
        double added = Numbers.median(with.stream().mapToDouble(millis -> millis)) - floor;
        return new Row(
                "time that the starter adds to the start of " + application,
                "ms",
                new Figure("without it", floor),
                new Figure("added", added),
                Target.atMost(200));
    }

    /** The milliseconds of a start that has, or has not, brought a cache. */
    private static double start(ProcessBuilder command, boolean withCache) throws Exception {
        try (OtherJvm other = new OtherJvm(command)) {
            double millis = Double.parseDouble(other.answer());
            if (Boolean.parseBoolean(other.answer()) != withCache) {
                throw new IllegalStateException(
                        "An application started with the cache instead of without, or the reverse");
            }
            return millis;
        }
    }

    private static ProcessBuilder withoutLibrary(ProcessBuilder command) {
        int classPath = command.command().indexOf("-cp") + 1;
        String jars = Stream.of(command.command().get(classPath).split(File.pathSeparator))
                .filter(file -> !isOf(new File(file), LIBRARY) && !isOf(new File(file), BROUGHT))
                .collect(Collectors.joining(File.pathSeparator));
        command.command().set(classPath, jars);
        return command;
    }

    private static boolean isOf(File file, List<String> names) {
        return names.stream().anyMatch(file.getName()::startsWith)
                && !file.getName().contains("tests");
    }

    private static Row size(String what, List<String> names) {
        List<File> jars = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(File::new)
                .filter(file -> file.getName().endsWith(".jar") && isOf(file, names))
                .toList();
        if (jars.isEmpty()) {
            throw new IllegalStateException("No jars of " + what + " on the class path");
        }
        double kilobytes = jars.stream().mapToLong(File::length).sum() / 1e3;
        return new Row("size of " + what + ", " + jars.size() + " jars", "kB", new Figure("kB", kilobytes));
    }

    private static double answer(ProcessBuilder command) throws Exception {
        try (OtherJvm other = new OtherJvm(command)) {
            return Double.parseDouble(other.answer());
        }
    }
}
