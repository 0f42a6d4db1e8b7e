package io.r3mes.cache.scale;

import io.r3mes.cache.testing.RedisProcess;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** Measures what a server spends on a step, without what it spends on nothing and on being asked. */
final class Meter {

    /** Whether figures are asked for, or only that measuring works. */
    static final boolean IN_EARNEST = "measure".equals(System.getProperty("r3mes.scale"));

    static final int ROUNDS = IN_EARNEST ? 5 : 1;

    private static final double NANOS = 1_000_000_000;

    private final RedisProcess server;
    private final ServerCost asking;
    private final ServerCost second;

    /**
     * @param idle how long to watch the server do nothing
     */
    Meter(RedisProcess server, Duration idle) {
        this.server = server;
        this.asking = median(
                IntStream.range(0, ROUNDS).mapToObj(i -> spentOn(() -> {})).toList());
        this.second = spentOn(() -> pause(idle)).minus(asking).times(NANOS / idle.toNanos());
    }

    /** The median of some rounds, for one step each. */
    ServerCost of(int steps, Runnable work) {
        return median(IntStream.range(0, ROUNDS)
                .mapToObj(round -> once(work).times(1.0 / steps))
                .toList());
    }

    /** The whole of one round. */
    ServerCost once(Runnable work) {
        long from = System.nanoTime();
        ServerCost spent = spentOn(work);
        return spent.minus(asking).minus(second.times((System.nanoTime() - from) / NANOS));
    }

    static void pause(Duration duration) {
        long until = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private ServerCost spentOn(Runnable work) {
        ServerCost before = ServerCost.of(server);
        work.run();
        return ServerCost.of(server).minus(before);
    }

    private static ServerCost median(List<ServerCost> costs) {
        return costs.stream()
                .sorted(Comparator.comparingDouble(ServerCost::cpuMicros))
                .toList()
                .get(costs.size() / 2);
    }
}
