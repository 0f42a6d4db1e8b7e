package io.r3mes.cache.redis;

import io.r3mes.cache.spi.Claim;
import io.r3mes.cache.spi.Fetched;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.RemoteStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store whose operations fail at once while the master that they would go to does not answer. */
final class GuardedStore implements RemoteStore {

    private final RedisRemoteStore store;
    private final Circuits circuits;
    private final RedisKeys keys;

    GuardedStore(RedisRemoteStore store, Circuits circuits, RedisKeys keys) {
        this.store = store;
        this.circuits = circuits;
        this.keys = keys;
    }

    @Override
    public CompletionStage<byte @Nullable []> get(String key) {
        Circuit circuit = circuits.of(key, keys);
        if (circuit.isOpen()) {
            return circuit.refuse(keys.value(key));
        }
        CompletionStage<byte @Nullable []> answer = store.get(key);
        return circuits.areOne() ? answer : circuit.watch(answer);
    }

    /**
     * Sends one command; to several masters one for each key, all at once: nearly every key has a slot of its own, and a key
     * alone is served while it moves.
     */
    @Override
    public CompletionStage<Fetched> getAll(List<String> wanted) {
        if (wanted.isEmpty() || circuits.areOne()) {
            return wanted.isEmpty() ? store.getAll(wanted) : guarded(wanted.get(0), () -> store.getAll(wanted));
        }
        return Fetched.gather(wanted.stream().map(this::get).toList());
    }

    @Override
    public CompletionStage<Claim> acquire(Lease lease) {
        return guarded(lease.key(), () -> store.acquire(lease));
    }

    @Override
    public CompletionStage<Void> takeOver(Lease lease) {
        return guarded(lease.key(), () -> store.takeOver(lease));
    }

    @Override
    public CompletionStage<Boolean> renew(Lease lease) {
        return guarded(lease.key(), () -> store.renew(lease));
    }

    @Override
    public CompletionStage<Boolean> release(Lease lease) {
        return guarded(lease.key(), () -> store.release(lease));
    }

    @Override
    public CompletionStage<Boolean> store(Lease lease, byte[] value, Duration ttl) {
        return guarded(lease.key(), () -> store.store(lease, value, ttl));
    }

    @Override
    public CompletionStage<Boolean> unlink(String key) {
        return guarded(key, () -> store.unlink(key));
    }

    @Override
    public CompletionStage<Boolean> unlinkKeeping(Lease lease) {
        return guarded(lease.key(), () -> store.unlinkKeeping(lease));
    }

    @Override
    public CompletionStage<Reclaimed> unlinkBornBefore(String key, long position) {
        return guarded(key, () -> store.unlinkBornBefore(key, position));
    }

    @Override
    public CompletionStage<List<@Nullable Born>> births(List<String> wanted) {
        return store.births(wanted);
    }

    @Override
    public CompletionStage<Page> scan(String prefix, @Nullable String cursor) {
        return store.scan(prefix, cursor);
    }

    @Override
    public long epoch() {
        return store.epoch();
    }

    @Override
    public long takeovers() {
        return store.takeovers();
    }

    @Override
    public int openCircuits() {
        return circuits.open();
    }

    @Override
    public void close() {
        store.close();
    }

    private <T extends @Nullable Object> CompletionStage<T> guarded(
            String key, Supplier<CompletionStage<T>> operation) {
        Circuit circuit = circuits.of(key, keys);
        return circuit.isOpen() ? circuit.refuse(keys.value(key)) : circuit.watch(operation.get());
    }
}
