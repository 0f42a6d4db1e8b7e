package io.r3mes.cache.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.sim.Simulation.Outcome;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation notices when a rule of the protocol is switched off. */
class MutationTest {

    private static final int MOST_SEEDS = 3_000;

    @ParameterizedTest
    @EnumSource
    void isCaught(Mutations mutation) {
        Outcome outcome = null;
        long seed = 0;
        int run = 0;
        while (run < MOST_SEEDS && (outcome == null || outcome.violation() == null)) {
            if (mutation.concerns(Scenario.of(new SimLoop(seed)))) {
                outcome = Simulation.run(seed, mutation, false);
                run++;
            }
            seed++;
        }
        System.out.printf("%s: caught by %d seeds%n", mutation, run);
        assertThat(outcome.violation()).as("after %d seeds", run).isNotNull();
    }
}
