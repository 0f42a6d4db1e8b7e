package io.r3mes.cache.redis;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One circuit for each master: there is one, or as many as a cluster has shards. Thread-safe. */
final class Circuits implements Circuit.Probing {

    /** The master where there is one only. */
    private static final String ONLY = "";

    private final RedisLink link;
    private final Map<String, Circuit> byMaster = new ConcurrentHashMap<>();

    Circuits(RedisLink link) {
        this.link = link;
    }

    /** The circuit of the master that has a key of the cache. */
    Circuit of(String key, RedisKeys keys) {
        Circuit known = link.isToCluster() ? null : byMaster.get(ONLY);
        return known == null ? of(keys.value(key)) : known;
    }

    /** The circuit of the master that has a key. */
    Circuit of(String name) {
        String master = link.masterOf(name);
        Circuit known = byMaster.get(master);
        return known == null ? byMaster.computeIfAbsent(master, added -> new Circuit(name, this)) : known;
    }

    /** Counts how an operation ended where there is one master only. */
    void endedAtTheOnlyMaster(@Nullable Object answer, @Nullable Throwable failure) {
        Circuit only = byMaster.get(ONLY);
        if (only != null) {
            only.record(answer, failure);
        }
    }

    /** How many are open. */
    int open() {
        return (int) byMaster.values().stream().filter(Circuit::isOpen).count();
    }

    /** Whether all keys have the same, as far as is known. */
    boolean areOne() {
        return !link.isToCluster();
    }

    @Override
    public CompletionStage<?> ask(String key) {
        return link.call(commands -> commands.exists(key));
    }

    @Override
    public void later(long millis, Runnable task) {
        link.later(millis, task);
    }
}
