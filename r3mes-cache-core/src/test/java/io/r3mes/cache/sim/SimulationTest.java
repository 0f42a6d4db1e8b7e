package io.r3mes.cache.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.sim.Simulation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Clusters of two to four nodes on virtual time, with everything that can go wrong between and in them.
 *
 * <p>{@code -Dr3mes.sim.seeds=N} runs N seeds, {@code -Dr3mes.sim.from=N} begins with another one than 0, and
 * {@code -Dr3mes.sim.seed=N} prints the history of one.
 */
class SimulationTest {

    private static final int MOST_STORIES = 5;

    @Test
    void noReadIsOlderThanAnInvalidationThatBindsIt() {
        Long single = Long.getLong("r3mes.sim.seed");
        if (single != null) {
            Outcome outcome = Simulation.run(single, Mutation.NONE, true);
            outcome.trace().forEach(System.out::println);
            assertThat(outcome.violation()).isNull();
            return;
        }
        long from = Long.getLong("r3mes.sim.from", 0);
        long seeds = Long.getLong("r3mes.sim.seeds", 2_000);
        long startedAt = System.nanoTime();
        List<String> stories = new ArrayList<>();
        Map<String, Integer> counts = new TreeMap<>();
        long events = 0;
        for (long seed = from; seed < from + seeds && stories.size() < MOST_STORIES; seed++) {
            Outcome outcome = Simulation.run(seed);
            outcome.counts().forEach((what, count) -> counts.merge(what, count, Integer::sum));
            events += outcome.events();
            if (outcome.violation() != null) {
                stories.add("-Dr3mes.sim.seed=" + seed + ": " + outcome.violation());
            }
        }
        System.out.printf(
                "%d seeds, %d events, %.1f s: %s%n", seeds, events, (System.nanoTime() - startedAt) / 1e9, counts);
        assertThat(stories).isEmpty();
        assertThat(counts.keySet()).containsAll(THAT_MUST_HAPPEN);
    }

    /** A simulation in which one of these never happens proves less than it seems to. */
    private static final List<String> THAT_MUST_HAPPEN = List.of(
            "acknowledged invalidation",
            "applied everywhere",
            "crash",
            "cut",
            "cut of the log",
            "discontinuity",
            "eviction",
            "failover",
            "fenced",
            "pause",
            "pending invalidation",
            "read JOINED",
            "read LOADED",
            "read NEAR",
            "read REMOTE",
            "stale after a load",
            "stale without a load",
            "unavailable store");

    @Test
    void aSeedAlwaysMakesTheSameHistory() {
        for (long seed = 0; seed < 20; seed++) {
            List<String> trace = Simulation.run(seed, Mutation.NONE, true).trace();
            assertThat(trace).hasSizeGreaterThan(100);
            assertThat(Simulation.run(seed, Mutation.NONE, true).trace()).isEqualTo(trace);
        }
    }
}
