package io.r3mes.cache.benchmarks;

import java.util.Locale;

/** What a row is to reach. */
public sealed interface Target {

    boolean isMetBy(Row row);

    /** As the table shows it. */
    String text();

    /** Our figure divided by the floor's is no more than that. */
    static Target ratioAtMost(double most) {
        return new Ratio(most, true);
    }

    /** Our figure divided by the floor's is no less than that. */
    static Target ratioAtLeast(double least) {
        return new Ratio(least, false);
    }

    /** Our figure itself is no more than that. */
    static Target atMost(double most) {
        return new Most(most);
    }

    /** The row is there to be compared with. */
    static Target none() {
        return new None();
    }

    /** A bound of the ratio. */
    record Ratio(double bound, boolean most) implements Target {

        @Override
        public boolean isMetBy(Row row) {
            return most ? row.ratio() <= bound : row.ratio() >= bound;
        }

        @Override
        public String text() {
            return String.format(Locale.ROOT, "%s %.2f x", most ? "<=" : ">=", bound);
        }
    }

    /** A bound of the figure. */
    record Most(double bound) implements Target {

        @Override
        public boolean isMetBy(Row row) {
            return row.ours().value() <= bound;
        }

        @Override
        public String text() {
            return "<= " + Row.number(bound);
        }
    }

    /** No bound. */
    record None() implements Target {

        @Override
        public boolean isMetBy(Row row) {
            return true;
        }

        @Override
        public String text() {
            return "";
        }
    }
}
