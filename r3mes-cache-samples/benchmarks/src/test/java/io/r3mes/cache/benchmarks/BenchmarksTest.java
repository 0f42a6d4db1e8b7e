package io.r3mes.cache.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which suites a command line means. */
class BenchmarksTest {

    @Test
    void runsWhatHasATargetIfNothingIsNamed() {
        assertThat(names(List.of()))
                .contains("near-hits", "stampede")
                .doesNotContain("near-growth", "node-growth", "footprint");
    }

    @Test
    void runsWhatIsNamed() {
        assertThat(names(List.of("misses", "footprint"))).containsExactly("misses", "footprint");
    }

    @Test
    void growthMeansAllCurves() {
        assertThat(names(List.of("growth")))
                .containsExactly("near-growth", "redis-growth", "invalidation-growth", "node-growth");
    }

    @Test
    void refusesANameThatNoSuiteHas() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Benchmarks.chosen(List.of("misses", "near-hit")))
                .withMessageContaining("'near-hit'")
                .withMessageContaining("near-hits");
    }

    private static List<String> names(List<String> wanted) {
        return Benchmarks.chosen(wanted).stream().map(Suite::name).toList();
    }
}
