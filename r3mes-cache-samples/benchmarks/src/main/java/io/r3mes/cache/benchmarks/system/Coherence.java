package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.benchmarks.Figure;
import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Suite;
import io.r3mes.cache.benchmarks.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long another JVM's near cache serves what was invalidated, as {@link Listeners} measures it. */
public final class Coherence implements Suite {

    @Override
    public String name() {
        return "coherence";
    }

    @Override
    public List<Row> measure(Plan plan) throws Exception {
        try (Arena arena = new Arena();
                Listeners listeners = new Listeners(arena)) {
            listeners.grow(2);
            listeners.warmUp();
            List<Numbers> messages = new ArrayList<>();
            List<Numbers> invalidations = new ArrayList<>();
            for (int i = 0; i < plan.rounds(); i++) {
                messages.add(listeners.messages(samples(plan.round())));
                invalidations.add(listeners.invalidations(samples(plan.round())));
            }
            return List.of(row(50, messages, invalidations, 200), row(99, messages, invalidations, 1_000));
        }
    }

    private static int samples(Duration time) {
        return (int) time.toMillis() / 3;
    }

    private static Row row(int percent, List<Numbers> messages, List<Numbers> invalidations, double most) {
        return new Row(
                "invalidation until another JVM's near cache has dropped it, p" + percent,
                "us",
                new Figure("Lettuce pub/sub", median(percent, messages)),
                new Figure("r3mes-cache", median(percent, invalidations)),
                Target.atMost(most));
    }

    private static double median(int percent, List<Numbers> rounds) {
        return Numbers.median(rounds.stream().mapToDouble(round -> round.percentile(percent)));
    }
}
