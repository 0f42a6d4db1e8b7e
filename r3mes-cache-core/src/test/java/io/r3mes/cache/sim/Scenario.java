package io.r3mes.cache.sim;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.LoadTimeouts;
import io.r3mes.cache.OnFailover;
import io.r3mes.cache.StalePolicy;
import io.r3mes.cache.engine.EngineConfig;
import java.time.Duration;
import java.util.List;

/** What one seed is about: how large the cluster is, how the caches are set, and what goes wrong. */
record Scenario(
        int nodes,
        int keys,
        boolean oneServer,
        long length,
        EngineConfig.Coherence coherence,
        List<CachePolicy> policies,
        Network network,
        Machines machines,
        Load load,
        boolean runsForLong) {

    /**
     * What happens to messages, as probabilities of each.
     *
     * @param stragglers requests that arrive so late that others overtake them, as from a connection that was given up
     * @param slow messages that take far longer than usual
     * @param usualLatency the longest usual time of one way, in nanoseconds
     * @param logLag how much longer events of the log may take, in nanoseconds
     */
    record Network(
            double lostRequests, double lostReplies, double stragglers, double slow, long usualLatency, long logLag) {}

    /**
     * What happens to nodes and servers: mean nanoseconds between two of each kind, 0 for never.
     *
     * @param loses whether the one server that takes over lacks the last changes
     * @param drift by how much the clocks of the nodes run too fast or too slow
     * @param lazy probability that a task waits long for a thread
     */
    record Machines(
            long pauses,
            long crashes,
            long cuts,
            long failovers,
            boolean loses,
            long evictions,
            double drift,
            double lazy) {}

    /**
     * What the clients do.
     *
     * @param gap mean nanoseconds between two operations of the cluster
     * @param writes share of operations that change the database
     * @param slowLoads share of loads that take long
     */
    record Load(long gap, double writes, double slowLoads, double failedLoads) {}

    /** Whether a failover loses changes under a policy. */
    boolean losesWith(OnFailover policy) {
        return machines.failovers() > 0 && machines.loses() && coherence.onFailover() == policy;
    }

    static Scenario of(SimLoop loop) {
        Duration staleness = Duration.ofMillis(loop.pick(200, 500, 500, 1_000));
        EngineConfig.Coherence coherence = new EngineConfig.Coherence(
                staleness, loop.pick(2, 6, 20, 10_000), loop.pick(1, 3, 1_000), loop.pick(OnFailover.values()));
        Duration lease = Duration.ofMillis(loop.pick(60, 200, 1_000));
        CachePolicy.Load load = new CachePolicy.Load(
                lease, lease.multipliedBy(loop.between(1, 4)), Duration.ofMillis(loop.pick(0, 50, 300, 2_000)));
        CachePolicy.Expiry expiry = new CachePolicy.Expiry(
                Duration.ofMillis(loop.pick(300, 2_000, 60_000, 60_000)), 0.1, loop.pick(0.0, 0.0, 0.5, 0.9));
        StalePolicy stale = stale(loop);
        load = load.withTimeouts(timeouts(loop, stale, load.maxLoad()));
        CachePolicy.Local local =
                new CachePolicy.Local(!loop.chance(0.1), 100, Duration.ofMillis(loop.pick(200, 30_000, 30_000)));
        List<CachePolicy> policies = List.of(
                policy("a", load, expiry, local).withStale(stale).withTags("ta:{id}", "everyA"),
                policy("b", load, expiry, local).withStale(stale).withTags("tb:{id}"),
                policy("c", load, expiry, local).withStale(stale));
        return new Scenario(
                (int) loop.between(2, 4),
                (int) loop.between(1, 6),
                loop.chance(0.5),
                loop.between(1_500, 4_000) * SimLoop.MILLI,
                coherence,
                policies,
                network(loop),
                machines(loop),
                new Load(
                        loop.pick(2, 5, 10, 20) * SimLoop.MILLI,
                        loop.pick(0.1, 0.3, 0.5),
                        loop.pick(0.0, 0.05, 0.3),
                        loop.pick(0.0, 0.0, 0.1)),
                loop.chance(0.5));
    }

    /** Half of the seeds serve stale values. */
    private static StalePolicy stale(SimLoop loop) {
        Duration period = Duration.ofMillis(loop.pick(0, 0, 200, 2_000));
        return new StalePolicy(
                loop.chance(0.5) ? period : Duration.ZERO,
                loop.chance(0.8) ? period : Duration.ZERO,
                Duration.ofMillis(loop.pick(10, 100, 1_000)));
    }

    /** Half of the seeds time their loads. */
    private static LoadTimeouts timeouts(SimLoop loop, StalePolicy stale, Duration longest) {
        Duration hard = Duration.ofMillis(loop.pick(0, 0, 10, 60));
        Duration soft = Duration.ofMillis(loop.pick(0, 2, 8));
        return new LoadTimeouts(
                stale.longest().isZero() ? Duration.ZERO : soft, hard.compareTo(longest) < 0 ? hard : longest);
    }

    private static CachePolicy policy(
            String name, CachePolicy.Load load, CachePolicy.Expiry expiry, CachePolicy.Local local) {
        return CachePolicy.of(name, name + ":{id}")
                .withLoad(load)
                .withExpiry(expiry)
                .withLocal(local);
    }

    /** A quarter of the seeds has a network without faults. */
    private static Network network(SimLoop loop) {
        long usual = loop.pick(200, 1_000, 5_000) * SimLoop.MICRO;
        long lag = loop.pick(0, 0, 30, 150) * SimLoop.MILLI;
        if (loop.chance(0.25)) {
            return new Network(0, 0, 0, 0, usual, lag);
        }
        return new Network(
                loop.pick(0.0, 0.01, 0.1),
                loop.pick(0.0, 0.01, 0.1),
                loop.pick(0.0, 0.02, 0.1),
                loop.pick(0.0, 0.02, 0.2),
                usual,
                lag);
    }

    private static Machines machines(SimLoop loop) {
        return new Machines(
                loop.pick(0, 300, 1_000) * SimLoop.MILLI,
                loop.pick(0, 0, 1_000, 2_000) * SimLoop.MILLI,
                loop.pick(0, 0, 500, 1_500) * SimLoop.MILLI,
                loop.pick(0, 0, 0, 1_500) * SimLoop.MILLI,
                loop.chance(0.5),
                loop.pick(0, 0, 50, 400) * SimLoop.MILLI,
                loop.pick(0.0, 0.01),
                loop.pick(0.0, 0.02, 0.1));
    }
}
