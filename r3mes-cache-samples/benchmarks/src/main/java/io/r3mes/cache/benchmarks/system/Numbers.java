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

    /** The one in the middle, or the mean of the two. */
    static double median(DoubleStream all) {
        double[] sorted = of(all).sorted();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /** The number that so many of a hundred do not exceed. */
    double percentile(int percent) {
        return sorted[Math.max(0, (sorted.length * percent + 99) / 100 - 1)];
    }
}
