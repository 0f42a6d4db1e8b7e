package io.r3mes.cache.engine;

import io.r3mes.cache.spi.NodeState;
import io.r3mes.cache.spi.Nodes;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Waits until all live nodes have applied a position (rule 9 of the protocol). A node that is silent for so long that it
 * must have fenced itself counts as done. So does one that is not in the list, but only once the list is that old.
 * Thread-safe.
 */
final class Everywhere {

    private static final Duration FOR_EVER = Duration.ofDays(36_500);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);
    /** By how much a node's clock may run slower than the server's while it waits to fence itself. */
    private static final long CLOCK_MARGIN_MICROS = 50_000;
    /** After so much silence a node is dropped from the list. */
    private static final long OLD_MICROS = 60_000_000;

    private final Node node;
    private final String self;

    Everywhere(Node node, String self) {
        this.node = node;
        this.self = self;
    }

    /** Blocks until {@code reached} is complete. */
    boolean await(CompletableFuture<Boolean> reached) {
        return CallerThread.call(node.environment().executor(), steps -> reached);
    }

    /** Completes once the position is reached, however long that takes; never exceptionally. */
    CompletableFuture<Boolean> reached(long position) {
        return reached(position, FOR_EVER);
    }

    /** Completes with false if {@code timeout} passed first; never exceptionally. */
    CompletableFuture<Boolean> reached(long position, Duration timeout) {
        return poll(new Goal(position, node.now() + timeout.toNanos()), FIRST_PAUSE);
    }

    private CompletableFuture<Boolean> poll(Goal goal, Duration pause) {
        return node.log()
                .nodes()
                .toCompletableFuture()
                .handle((nodes, failure) -> {
                    if (failure != null) {
                        node.observer().unavailable("nodes", Failures.cause(failure));
                    }
                    return nodes != null && isReached(nodes, goal.position());
                })
                .thenCompose(reached -> {
                    if (reached || node.now() - goal.deadline() >= 0) {
                        return CompletableFuture.completedFuture(reached);
                    }
                    Duration next = pause.multipliedBy(2);
                    return node.pause(pause)
                            .thenCompose(over -> poll(goal, next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next));
                });
    }

    private boolean isReached(Nodes nodes, long position) {
        return isComplete(nodes, position)
                && nodes.states().stream()
                        .allMatch(state -> state.applied() >= position
                                || state.node().equals(self)
                                || hasForgotten(state, position));
    }

    /** Whether a silent node must have fenced itself, and what it then loaded before the position is shared no more. */
    private boolean hasForgotten(NodeState state, long position) {
        return mustBeFenced(state.ageMicros(), state.maxStalenessMicros())
                && sharesNothingOlder(state.maxStalenessMicros(), position);
    }

    /**
     * Whether the same holds for a node that has said nothing since the list began, if it trusts as long as others do. An old
     * list leaves out only whom nobody waits for: nodes that were silent for a minute.
     */
    private boolean isComplete(Nodes nodes, long position) {
        long longest = nodes.states().stream()
                .mapToLong(NodeState::maxStalenessMicros)
                .max()
                .orElse(0);
        return mustBeFenced(nodes.ageMicros(), longest)
                && (nodes.ageMicros() > OLD_MICROS || sharesNothingOlder(longest, position));
    }

    private boolean sharesNothingOlder(long maxStalenessMicros, long position) {
        ServerClock clock = node.serverClock();
        return clock.isKnown() && mustBeFenced(clock.earliest(node.now()) - position, maxStalenessMicros);
    }

    private static boolean mustBeFenced(long silenceMicros, long maxStalenessMicros) {
        return silenceMicros > maxStalenessMicros + CLOCK_MARGIN_MICROS;
    }

    private record Goal(long position, long deadline) {}
}
