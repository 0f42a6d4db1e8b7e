package io.r3mes.cache.benchmarks.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Medians and percentiles. */
class NumbersTest {

    @Test
    void medianIsTheMiddleOrTheMeanOfTheTwo() {
        assertThat(Numbers.median(DoubleStream.of(9, 1, 5))).isEqualTo(5);
        assertThat(Numbers.median(DoubleStream.of(9, 1, 4, 6))).isEqualTo(5);
        assertThat(Numbers.median(DoubleStream.of(7))).isEqualTo(7);
    }

    @Test
    void percentileIsReachedByThatMany() {
        Numbers hundred =
                Numbers.of(DoubleStream.iterate(100, number -> number - 1).limit(100));
        assertThat(hundred.percentile(50)).isEqualTo(50);
        assertThat(hundred.percentile(99)).isEqualTo(99);
        assertThat(Numbers.of(DoubleStream.of(3, 8)).percentile(99)).isEqualTo(8);
    }
}
