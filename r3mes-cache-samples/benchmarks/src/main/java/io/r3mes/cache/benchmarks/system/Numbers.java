package io.r3mes.cache.benchmarks.system;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Measured numbers, in order of size. */
record Numbers(double[] sorted) {

    Numbers {
        sorted = sorted.clone();
        Arrays.sort(sorted);
    }

    static Numbers of(DoubleStream all) {
        return new Numbers(all.toArray());
    }

    static double median(DoubleStream all) {
        return of(all).percentile(50);
    }

    /** The number that so many of a hundred do not exceed. */
    double percentile(int percent) {
        return sorted[Math.max(0, (sorted.length * percent + 99) / 100 - 1)];
    }
}
