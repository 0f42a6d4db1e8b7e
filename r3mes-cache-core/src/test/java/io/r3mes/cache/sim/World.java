package io.r3mes.cache.sim;

import io.r3mes.cache.OnFailover;
import java.util.HashMap;
import java.util.Map;

/** Everything that one seed makes. */
final class World {

    private final SimLoop loop;
    private final Scenario scenario;
    private final Mutation mutation;
    private final History history;
    private final Database database;
    private final Shard log;
    private final Shard values;
    private final SimNode[] nodes;
    private boolean quiet;
    private final Map<Object, Object> notes = new HashMap<>();

    World(long seed, Mutation mutation, boolean tracing) {
        this.loop = new SimLoop(seed);
        this.scenario = Scenario.of(loop);
        this.mutation = mutation;
        this.history = new History(loop, scenario.coherence(), tracing);
        this.database = new Database(scenario.keys());
        this.log = new Shard(loop, mutation.fences() && scenario.coherence().onFailover() == OnFailover.FENCE);
        this.values = scenario.oneServer() ? log : new Shard(loop, false);
        if (scenario.runsForLong()) {
            log.hasRunForLong();
        }
        this.nodes = new SimNode[scenario.nodes()];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = new SimNode(this, i);
        }
    }

    SimLoop loop() {
        return loop;
    }

    Scenario scenario() {
        return scenario;
    }

    Mutation mutation() {
        return mutation;
    }

    History history() {
        return history;
    }

    Database database() {
        return database;
    }

    Shard log() {
        return log;
    }

    Shard values() {
        return values;
    }

    /** What mutations remember. */
    @SuppressWarnings("unchecked") // A mutation names what is its own.
    <T> Map<Object, T> notes(Object owner) {
        return (Map<Object, T>) notes.computeIfAbsent(owner, any -> new HashMap<>());
    }

    /** Nobody writes any more, so that nothing covers up what was lost. */
    void quiet() {
        quiet = true;
    }

    boolean isQuiet() {
        return quiet;
    }

    int nodes() {
        return nodes.length;
    }

    SimNode node(int number) {
        return nodes[number];
    }

    SimNode anyNode() {
        return nodes[loop.below(nodes.length)];
    }
}
