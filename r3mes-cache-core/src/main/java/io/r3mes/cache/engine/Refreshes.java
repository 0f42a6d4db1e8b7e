package io.r3mes.cache.engine;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/** The loads of one cache that nobody waits for, at most one for a key on this node. Thread-safe. */
final class Refreshes<V> {

    private final Node node;
    /** Bounded by the executor's queue. */
    private final Set<String> running = ConcurrentHashMap.newKeySet();

    Refreshes(Node node) {
        this.node = node;
    }

    /** Whether a load of the key runs in the background. Others had better not wait for it while there is a value. */
    boolean isRunning(String key) {
        return running.contains(key);
    }

    /** Loads in the background, unless that is under way already. */
    void begin(Read<V> asked, Function<Read<V>, CompletableFuture<Answer<V>>> load) {
        if (!running.add(asked.key())) {
            return;
        }
        Read<V> read = asked.inBackground(node.environment().executor(), node.now());
        try {
            CompletableFuture.supplyAsync(() -> load.apply(read), read.steps())
                    .thenCompose(answer -> answer)
                    .whenComplete((answer, failure) -> running.remove(read.key()));
        } catch (RejectedExecutionException saturated) {
            running.remove(read.key());
            node.observer().unavailable("refresh-ahead", saturated);
        }
    }
}
