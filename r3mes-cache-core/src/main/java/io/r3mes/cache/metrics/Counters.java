package io.r3mes.cache.metrics;

import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * One counter for each constant of an enum. Totals only ever grow, as meters need it; a reset moves the baseline of the
 * other reading. Thread-safe.
 */
final class Counters<F extends Enum<F>> {

    private final LongAdder[] totals;
    private volatile long[] baseline;

    Counters(Class<F> figures) {
        this.totals = Stream.of(figures.getEnumConstants())
                .map(figure -> new LongAdder())
                .toArray(LongAdder[]::new);
        this.baseline = new long[totals.length];
    }

    void add(F figure, long amount) {
        totals[figure.ordinal()].add(amount);
    }

    void count(F figure) {
        totals[figure.ordinal()].increment();
    }

    long total(F figure) {
        return totals[figure.ordinal()].sum();
    }

    long sinceReset(F figure) {
        return total(figure) - baseline[figure.ordinal()];
    }

    void reset() {
        baseline = Stream.of(totals).mapToLong(LongAdder::sum).toArray();
    }
}
