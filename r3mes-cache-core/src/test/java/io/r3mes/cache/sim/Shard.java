package io.r3mes.cache.sim;

import io.r3mes.cache.memory.MemoryServer;
import io.r3mes.cache.memory.MemoryServer.Command;
import io.r3mes.cache.memory.MemoryServer.Executed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A master and what its replicas have received of it, behind one address. */
final class Shard {

    /** Far above 0, as microseconds since the epoch are. */
    private static final long FIRST_MICROS = 1_700_000_000_000_000L;

    private static final Duration LONG = Duration.ofMinutes(2);

    private final SimLoop loop;
    private final boolean fences;
    private final List<Executed> executed = new ArrayList<>();
    private MemoryServer master;
    private SimLoop.Life life;
    private int promotions;

    /**
     * @param fences whether a server that takes over begins a new generation
     */
    Shard(SimLoop loop, boolean fences) {
        this.loop = loop;
        this.fences = fences;
        promote(0);
    }

    /** The master of the moment; requests and replies of one that has ended are lost. */
    SimLoop.Life life() {
        return life;
    }

    <T> CompletionStage<T> execute(boolean changes, Command<T> command) {
        CompletionStage<T> reply = master.execute(command);
        if (changes) {
            executed.add(master.lastExecuted(command));
        }
        return reply;
    }

    /** Does something to the server itself that its replicas repeat. */
    void happen(java.util.function.Consumer<MemoryServer> change) {
        execute(true, server -> {
            change.accept(server);
            return CompletableFuture.completedFuture(null);
        });
    }

    /** The servers' clock, microseconds since the epoch. */
    long micros() {
        return FIRST_MICROS + loop.now() / SimLoop.MICRO;
    }

    /** Leaves out of its list of nodes only those that were silent for long. */
    void hasRunForLong() {
        master.hasNotedNodesFor(LONG);
    }

    void kill() {
        life.end();
    }

    boolean isDown() {
        return life.isEnded();
    }

    /** A replica that lacks the last {@code lost} changes becomes master. */
    void promote(int lost) {
        int kept = Math.max(0, executed.size() - lost);
        executed.subList(kept, executed.size()).clear();
        life = new SimLoop.Life("server-" + promotions++);
        SimLoop.Life mine = life;
        master = new MemoryServer(
                this::micros, loop.random()::nextLong, (delay, task) -> loop.after(delay, mine, task), mine.toString());
        executed.forEach(master::replay);
        if (fences && promotions > 1) {
            happen(MemoryServer::loseMetadata);
        }
    }

    /** When the first of the last {@code lost} changes was made. */
    long timeOfLast(int lost) {
        int first = executed.size() - lost;
        return lost == 0 || first < 0
                ? Invalidated.NEVER
                : (executed.get(first).micros() - FIRST_MICROS) * SimLoop.MICRO;
    }

    int promotions() {
        return promotions;
    }

    int changes() {
        return executed.size();
    }
}
