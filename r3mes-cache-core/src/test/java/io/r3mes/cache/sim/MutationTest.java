package io.r3mes.cache.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.sim.Simulation.Outcome;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation notices when a rule of the protocol is switched off. */
class MutationTest {

    private static final int MOST_SEEDS = 5_000;

    @ParameterizedTest
    @EnumSource
    void isCaught(Mutations mutation) {
        Outcome outcome = Simulation.run(0, mutation, false);
        long seeds = 1;
        while (outcome.violation() == null && seeds < MOST_SEEDS) {
            outcome = Simulation.run(seeds++, mutation, false);
        }
        System.out.printf("%s: caught by %d seeds%n", mutation, seeds);
        assertThat(outcome.violation()).as("seed %d", outcome.seed()).isNotNull();
    }
}
