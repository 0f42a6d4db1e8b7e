package io.r3mes.cache.redis;

import io.r3mes.cache.spi.TagIndex;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A tag index that fails at once while its master does not answer. */
final class GuardedTagIndex implements TagIndex {

    private final RedisTagIndex index;
    private final Circuits circuits;
    private final String key;

    /**
     * @param key any of the index's
     */
    GuardedTagIndex(RedisTagIndex index, Circuits circuits, String key) {
        this.index = index;
        this.circuits = circuits;
        this.key = key;
    }

    @Override
    public CompletionStage<Void> add(String member, Collection<String> tags, Duration ttl) {
        return guarded(() -> index.add(member, tags, ttl));
    }

    @Override
    public CompletionStage<Members> members(String tag, int limit) {
        return guarded(() -> index.members(tag, limit));
    }

    @Override
    public CompletionStage<List<String>> detach(String tag) {
        return guarded(() -> index.detach(tag));
    }

    @Override
    public CompletionStage<List<String>> take(String part, int limit) {
        return guarded(() -> index.take(part, limit));
    }

    private <T> CompletionStage<T> guarded(Supplier<CompletionStage<T>> operation) {
        Circuit circuit = circuits.of(key);
        return circuit.isOpen() ? circuit.refuse(key) : circuit.watch(operation.get());
    }
}
