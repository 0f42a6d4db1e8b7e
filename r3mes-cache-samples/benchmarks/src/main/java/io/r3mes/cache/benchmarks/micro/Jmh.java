package io.r3mes.cache.benchmarks.micro;

import io.r3mes.cache.benchmarks.Figure;
import io.r3mes.cache.benchmarks.Plan;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the benchmarks of one class, in JVMs of their own, with the allocation profiler. */
final class Jmh {

    private final Map<String, RunResult> results = new LinkedHashMap<>();

    /**
     * @param threads that call at the same time
     * @param methods all of the class if empty
     */
    Jmh(Plan plan, Class<?> benchmarks, int threads, List<String> methods) throws RunnerException {
        OptionsBuilder options = new OptionsBuilder();
        if (methods.isEmpty()) {
            options.include("^" + benchmarks.getName().replace(".", "\\.") + "\\.");
        }
        methods.forEach(
                method -> options.include("^" + benchmarks.getName().replace(".", "\\.") + "\\." + method + "$"));
        Collection<RunResult> all = new Runner(options.forks(plan.equals(Plan.FULL) ? 2 : 1)
                        .threads(threads)
                        .warmupIterations(plan.rounds())
                        .warmupTime(time(plan.warmUp().toMillis() / 4))
                        .measurementIterations(plan.rounds())
                        .measurementTime(time(plan.round().toMillis() / 3))
                        .addProfiler(GCProfiler.class)
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .run();
        for (RunResult result : all) {
            String name = result.getParams().getBenchmark();
            results.put(name.substring(name.lastIndexOf('.') + 1), result);
        }
    }

    /** The median time of one call, in the unit of the class. */
    Figure time(String method, String name) {
        return new Figure(
                name, result(method).getPrimaryResult().getStatistics().getPercentile(50));
    }

    /** The bytes that one call allocates. */
    Figure bytes(String method, String name) {
        Result<?> bytes = result(method).getSecondaryResults().get("gc.alloc.rate.norm");
        return new Figure(name, Math.rint(bytes.getStatistics().getPercentile(50) * 10) / 10);
    }

    private RunResult result(String method) {
        RunResult result = results.get(method);
        if (result == null) {
            throw new IllegalArgumentException("There is no benchmark '" + method + "' among " + results.keySet());
        }
        return result;
    }

    private static TimeValue time(long millis) {
        return TimeValue.milliseconds(millis);
    }
}
