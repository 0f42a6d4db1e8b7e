package io.r3mes.cache.sim;

import java.util.List;
import java.util.Map;

/** Runs one seed from start to end. */
final class Simulation {

    private Simulation() {}

    /**
     * What became of a seed.
     *
     * @param violation the story of the first broken promise, or null
     * @param fingerprint equal for equal histories
     */
    record Outcome(
            long seed,
            String violation,
            Map<String, Integer> counts,
            List<String> trace,
            long events,
            long fingerprint) {}

    static Outcome run(long seed) {
        return run(seed, Mutation.NONE, false);
    }

    static Outcome run(long seed, Mutation mutation, boolean tracing) {
        World world = new World(seed, mutation, tracing);
        SimLoop loop = world.loop();
        Workload workload = new Workload(world);
        new Nemesis(world, workload).start();
        workload.start();
        long end = world.scenario().length();
        while (loop.now() < end && world.history().violation() == null) {
            loop.run(Math.min(end, loop.now() + 10 * SimLoop.MILLI));
            world.history().look();
        }
        return new Outcome(
                seed,
                world.history().violation(),
                world.history().counts(),
                world.history().trace(),
                loop.executed(),
                world.history().fingerprint());
    }
}
