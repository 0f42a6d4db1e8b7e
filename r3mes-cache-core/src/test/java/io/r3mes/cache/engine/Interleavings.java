package io.r3mes.cache.engine;

import java.util.List;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * Runs operations of a part on several threads in many orders, and fails if their answers are none that a sequential model
 * gives. {@code -Dr3mes.lincheck=long} tries more orders.
 */
final class Interleavings {

    private static final boolean LONG = "long".equals(System.getProperty("r3mes.lincheck"));

    private Interleavings() {}

    /**
     * Switches threads at chosen reads and writes. Sees no reordering by the processor or the compiler.
     *
     * @param scripts tried first, before scenarios made at random
     */
    static void explore(Class<?> operations, Class<?> model, Script... scripts) {
        ModelCheckingOptions options = new ModelCheckingOptions()
                .iterations(LONG ? 300 : 5)
                .invocationsPerIteration(LONG ? 10_000 : 150)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(2)
                .sequentialSpecification(model);
        for (Script script : scripts) {
            options.addCustomScenario(
                    new ExecutionScenario(script.before, List.of(script.one, script.other), script.after, null));
        }
        options.check(operations);
    }

    /** Lets the threads run freely. */
    static void stress(Class<?> operations, Class<?> model) {
        new StressOptions()
                .iterations(LONG ? 200 : 3)
                .invocationsPerIteration(LONG ? 20_000 : 500)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(2)
                .sequentialSpecification(model)
                .check(operations);
    }

    /** What one thread does, then two beside each other, then one again. */
    record Script(List<Actor> before, List<Actor> one, List<Actor> other, List<Actor> after) {}

    static Actor step(Class<?> operations, String name, Object... arguments) {
        return Stream.of(operations.getDeclaredMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .map(method -> new Actor(method, List.of(arguments)))
                .orElseThrow();
    }
}
