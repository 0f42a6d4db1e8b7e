package io.r3mes.cache.engine;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * Runs operations of a part on several threads in many orders, and fails if their answers are none that a sequential model
 * gives. {@code -Dr3mes.lincheck=long} tries more orders.
 */
final class Interleavings {

    private static final boolean LONG = "long".equals(System.getProperty("r3mes.lincheck"));

    private Interleavings() {}

    /** Switches threads at chosen reads and writes. Sees no reordering by the processor or the compiler. */
    static void explore(Class<?> operations, Class<?> model) {
        new ModelCheckingOptions()
                .iterations(LONG ? 300 : Integer.getInteger("it", 25))
                .invocationsPerIteration(LONG ? 10_000 : Integer.getInteger("inv", 400))
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(2)
                .actorsAfter(2)
                .sequentialSpecification(model)
                .check(operations);
    }

    /** Lets the threads run freely. */
    static void stress(Class<?> operations, Class<?> model) {
        new StressOptions()
                .iterations(LONG ? 200 : 10)
                .invocationsPerIteration(LONG ? 20_000 : 1_000)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(2)
                .sequentialSpecification(model)
                .check(operations);
    }
}
