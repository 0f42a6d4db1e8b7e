package io.r3mes.cache.memory;

import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.Nodes;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.TagIndex;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * One server in memory whose commands can be replayed: another server that executes the same commands, each at the time
 * and with the random numbers of its first execution, is a replica. Used by one thread.
 */
public final class MemoryServer {

    private static final int MOST_ENTRIES = 100_000;

    private final Object lock = new Object();
    private final LongSupplier clock;
    private final LongSupplier random;
    private final String replication;
    private final LogState state;
    private final NodeList nodes;
    private final RemoteStore store;
    private final InvalidationLog log;
    private final TagIndex tags;
    private Executed replayed;
    private long noting;
    private int nextDraw;
    private long[] draws = {};

    public MemoryServer(LongSupplier clock, LongSupplier random, Environment.Timer timer, String replication) {
        this.clock = clock;
        this.random = random;
        this.replication = replication;
        Source source = new Source(this::micros, this::draw, this::replication);
        state = new LogState(source, MOST_ENTRIES);
        nodes = new NodeList(source);
        store = new MemoryRemoteStore(lock, this::micros, MOST_ENTRIES);
        log = new MemoryInvalidationLog(lock, timer, state, nodes);
        tags = new MemoryTagIndex(lock, this::micros, MOST_ENTRIES, MOST_ENTRIES);
    }

    /** What a client asks of a server. */
    public interface Command<T> {

        CompletionStage<T> on(MemoryServer server);
    }

    /** A command and what decided about its effect. */
    public record Executed(Command<?> command, long micros, long[] draws, String replication) {}

    public RemoteStore store() {
        return store;
    }

    public InvalidationLog log() {
        return log;
    }

    public TagIndex tags() {
        return tags;
    }

    public <T> CompletionStage<T> execute(Command<T> command) {
        draws = new long[0];
        return command.on(this);
    }

    /** What the command executed last must be replayed with. */
    public Executed lastExecuted(Command<?> command) {
        return new Executed(command, micros(), draws, replication);
    }

    public void replay(Executed executed) {
        replayed = executed;
        nextDraw = 0;
        executed.command().on(this);
        replayed = null;
    }

    public void loseMetadata() {
        state.loseMetadata();
    }

    public void loseStamp(String tag) {
        state.loseStamp(tag);
    }

    public void loseEntries() {
        state.loseEntries();
    }

    public void trim() {
        state.trim();
    }

    public void loseNodes() {
        nodes.lose();
        noting = 0;
    }

    /** Pretends that it has noted all nodes for that much longer than it has. */
    public void hasNotedNodesFor(Duration longer) {
        noting = longer.toNanos() / 1_000;
    }

    /** The age of a list of nodes as a client sees it. */
    public Nodes aged(Nodes list) {
        return list.ageMicros() == Nodes.UNKNOWN ? list : new Nodes(list.states(), list.ageMicros() + noting);
    }

    private String replication() {
        return replayed == null ? replication : replayed.replication();
    }

    private long micros() {
        return replayed == null ? clock.getAsLong() : replayed.micros();
    }

    private long draw() {
        if (replayed != null) {
            return replayed.draws()[nextDraw++];
        }
        long drawn = random.getAsLong();
        draws = Arrays.copyOf(draws, draws.length + 1);
        draws[draws.length - 1] = drawn;
        return drawn;
    }
}
