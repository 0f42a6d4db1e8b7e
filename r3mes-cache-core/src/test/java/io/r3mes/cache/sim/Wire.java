package io.r3mes.cache.sim;

import io.r3mes.cache.memory.MemoryServer.Command;
import io.r3mes.cache.sim.SimLoop.Life;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/** The connections of one node, and what becomes of its requests and their replies. */
final class Wire {

    /** How long a caller waits for a reply, on top of what the server was asked to wait. */
    private static final long TIMEOUT = 100 * SimLoop.MILLI;

    private final SimLoop loop;
    private final Scenario.Network faults;
    private final Life node;
    private long cutUntil;

    Wire(SimLoop loop, Scenario.Network faults, Life node) {
        this.loop = loop;
        this.faults = faults;
        this.node = node;
    }

    /** One connection: what it carries stays in order. */
    static final class Connection {

        private final Shard shard;
        private final long lag;
        private long lastArrival;
        private long lastReply;
        private long cutUntil;

        /**
         * @param lag how much longer than usual its replies may take, in nanoseconds
         */
        Connection(Shard shard, long lag) {
            this.shard = shard;
            this.lag = lag;
        }

        /** How often another server has taken over. */
        long changesOfServer() {
            return shard.promotions();
        }

        /** Loses what it carries until then, in both directions. */
        void cut(long until) {
            cutUntil = Math.max(cutUntil, until);
        }
    }

    /** One request. */
    record Request<T>(boolean changes, long waits, Command<T> command) {}

    /** Loses everything until then. */
    void cut(long until) {
        cutUntil = Math.max(cutUntil, until);
    }

    <T> CompletableFuture<T> send(Connection connection, Request<T> request) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        if ((isCut(connection) || connection.shard.isDown()) && loop.chance(0.5)) {
            loop.after(10 * SimLoop.MICRO, node, () -> reply.completeExceptionally(new IOException("not connected")));
            return reply;
        }
        Runnable inTime = loop.after(
                TIMEOUT + request.waits(), node, () -> reply.completeExceptionally(new TimeoutException("no reply")));
        reply.whenComplete((value, failure) -> inTime.run());
        if (isCut(connection) || connection.shard.isDown() || loop.chance(faults.lostRequests())) {
            return reply;
        }
        Life server = connection.shard.life();
        boolean late = loop.chance(faults.stragglers());
        long arrival = loop.now() + (late ? loop.between(20 * SimLoop.MILLI, 3 * SimLoop.SECOND) : latency());
        if (!late) {
            arrival = Math.max(arrival, connection.lastArrival);
            connection.lastArrival = arrival;
        }
        loop.after(arrival - loop.now(), server, () -> arrive(connection, request, reply));
        return reply;
    }

    private <T> void arrive(Connection connection, Request<T> request, CompletableFuture<T> reply) {
        Object sender = loop.context();
        connection.shard.execute(request.changes(), request.command()).whenComplete((value, failure) -> {
            if (isCut(connection) || loop.chance(faults.lostReplies())) {
                return;
            }
            long lag = connection.lag == 0 ? 0 : loop.between(0, connection.lag);
            long at = Math.max(loop.now() + latency() + lag, connection.lastReply);
            connection.lastReply = at;
            loop.context(sender);
            loop.after(at - loop.now(), node, () -> {
                if (isCut(connection)) {
                    return;
                }
                if (failure == null) {
                    reply.complete(value);
                } else {
                    reply.completeExceptionally(failure);
                }
            });
        });
    }

    private boolean isCut(Connection connection) {
        return Math.max(cutUntil, connection.cutUntil) > loop.now();
    }

    private long latency() {
        return loop.chance(faults.slow())
                ? loop.between(2 * SimLoop.MILLI, 120 * SimLoop.MILLI)
                : loop.between(50 * SimLoop.MICRO, faults.usualLatency());
    }
}
