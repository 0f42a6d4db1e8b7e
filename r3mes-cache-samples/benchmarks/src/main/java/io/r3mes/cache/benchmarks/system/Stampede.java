package io.r3mes.cache.benchmarks.system;

import com.github.benmanes.caffeine.cache.Cache;
import io.r3mes.cache.benchmarks.Figure;
import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Suite;
import io.r3mes.cache.benchmarks.Target;
import io.r3mes.cache.benchmarks.fixture.Application;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** The threads of two JVMs ask for one missing key at once, whose loader takes its time; in turn with those of one, in Caffeine. */
public final class Stampede implements Suite {

    private int number;

    @Override
    public String name() {
        return "stampede";
    }

    @Override
    public List<Row> measure(Plan plan) throws Exception {
        try (Arena arena = new Arena();
                TestNodes nodes = Arena.nodes(arena.redis().uri());
                Crowd crowd = new Crowd();
                OtherJvm other = new OtherJvm(StampedeNode.class, arena.redis().uri())) {
            Crowd.Read read = StampedeNode.start(nodes);
            if (!other.answer().equals(StampedeNode.READY)) {
                throw new IllegalStateException("The other JVM is not ready");
            }
            Cache<String, String> caffeine = Application.caffeine();
            Asking alone = key -> crowd.ask(key, caffeine::get);
            Asking both = key -> {
                other.send(key);
                return crowd.ask(key, read).plus(Crowd.Outcome.parse(other.answer()));
            };
            ask(alone, keys(plan.warmUp()));
            ask(both, keys(plan.warmUp()));
            Rounds rounds = new Rounds(new ArrayList<>(), new ArrayList<>());
            for (int i = 0; i < plan.rounds(); i++) {
                rounds.alone().add(ask(alone, keys(plan.round())));
                rounds.both().add(ask(both, keys(plan.round())));
            }
            return rounds.rows();
        }
    }

    /** One key, asked for by whole crowds. */
    @FunctionalInterface
    private interface Asking {
        Crowd.Outcome of(String key) throws Exception;
    }

    /** What came of the keys of one round: the most loads of any, and all waits. */
    private record Round(int loads, Numbers waits) {}

    /** The rounds of one JVM with Caffeine, and of two with the cache. */
    private record Rounds(List<Round> alone, List<Round> both) {

        List<Row> rows() {
            String path = "stampede, 2 JVMs x " + Crowd.THREADS + " threads";
            return List.of(
                    new Row(
                            path + ", most loads of a key",
                            "loads",
                            new Figure("least", 1),
                            new Figure(
                                    "r3mes-cache",
                                    both.stream().mapToInt(Round::loads).max().orElseThrow()),
                            Target.atMost(1)),
                    new Row(
                            path + ", p99 of the wait",
                            "ms",
                            new Figure("loader", Crowd.LOAD_MILLIS),
                            new Figure("r3mes-cache", p99(both)),
                            Target.ratioAtMost(1.6),
                            List.of(new Figure("Caffeine in 1 JVM x " + Crowd.THREADS, p99(alone)))));
        }

        private static double p99(List<Round> rounds) {
            return Numbers.median(
                    rounds.stream().mapToDouble(round -> round.waits().percentile(99)));
        }
    }

    private static int keys(Duration time) {
        return (int) time.toMillis() / Crowd.LOAD_MILLIS;
    }

    private Round ask(Asking asking, int keys) throws Exception {
        int loads = 0;
        DoubleStream.Builder waits = DoubleStream.builder();
        for (int i = 0; i < keys; i++) {
            Crowd.Outcome outcome = asking.of("key" + number++);
            loads = Math.max(loads, outcome.loads());
            DoubleStream.of(outcome.waits()).forEach(waits);
        }
        return new Round(loads, Numbers.of(waits.build()));
    }
}
