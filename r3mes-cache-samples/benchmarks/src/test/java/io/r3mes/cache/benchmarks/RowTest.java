package io.r3mes.cache.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a row says of its figures. */
class RowTest {

    @Test
    void comparesWithTheFloor() {
        Row row = row(4, 10, Target.none());
        assertThat(row.ratio()).isEqualTo(2.5);
        assertThat(row(4, 10, Target.ratioAtMost(2.5)).target().isMetBy(row)).isTrue();
        assertThat(row(4, 10, Target.ratioAtMost(2.4)).target().isMetBy(row)).isFalse();
        assertThat(Target.ratioAtLeast(2.5).isMetBy(row)).isTrue();
        assertThat(Target.ratioAtLeast(2.6).isMetBy(row)).isFalse();
    }

    @Test
    void comparesWithANumber() {
        assertThat(Target.atMost(10).isMetBy(row(4, 10, Target.none()))).isTrue();
        assertThat(Target.atMost(9.9).isMetBy(row(4, 10, Target.none()))).isFalse();
    }

    @Test
    void hasNoRatioWithoutAFloor() {
        assertThat(new Row("path", "kB", new Figure("size", 3)).ratio()).isNaN();
    }

    @Test
    void writesThreeDigits() {
        assertThat(Row.number(12_345.6)).isEqualTo("12,346");
        assertThat(Row.number(12.345)).isEqualTo("12.3");
        assertThat(Row.number(1.2345)).isEqualTo("1.23");
        assertThat(Row.number(5)).isEqualTo("5");
    }

    private static Row row(double floor, double ours, Target target) {
        return new Row("path", "ns", new Figure("floor", floor), new Figure("ours", ours), target);
    }
}
