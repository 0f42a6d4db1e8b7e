package io.r3mes.cache.testing;

import io.r3mes.cache.spi.Claim;
import io.r3mes.cache.spi.Fetched;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.RemoteStore;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A remote store whose operations fail, lose their answers or come late when a test says so. Put it into a manager with
 * {@code R3mesCache.remoteStore(FaultyRemoteStore::new)}. Thread-safe.
 */
public final class FaultyRemoteStore implements RemoteStore {

    private final RemoteStore real;
    private final Faults<Operation> faults = new Faults<>(Operation.class);
    private volatile BiPredicate<Operation, String> away = (operation, key) -> false;

    public FaultyRemoteStore(RemoteStore real) {
        this.real = real;
    }

    /** The operations of a remote store. */
    public enum Operation {
        GET,
        GET_ALL,
        ACQUIRE,
        TAKE_OVER,
        RENEW,
        RELEASE,
        STORE,
        UNLINK,
        UNLINK_KEEPING,
        UNLINK_BORN_BEFORE,
        BIRTHS,
        SCAN
    }

    public Faults<Operation> faults() {
        return faults;
    }

    /**
     * Operations on such keys fail, as if their shard were away; without operations, all that name one key, and reads of several
     * for these keys. Replaces what was cut off before; {@code key -> false} ends it.
     */
    public void cutOff(Predicate<String> keys, Operation... operations) {
        Set<Operation> affected =
                operations.length == 0 ? EnumSet.allOf(Operation.class) : EnumSet.copyOf(List.of(operations));
        away = (operation, key) -> affected.contains(operation) && keys.test(key);
    }

    @Override
    public CompletionStage<byte @Nullable []> get(String key) {
        return on(key, Operation.GET, () -> real.get(key));
    }

    @Override
    public CompletionStage<Fetched> getAll(List<String> keys) {
        return faults.around(
                Operation.GET_ALL,
                () -> keys.stream().noneMatch(key -> isAway(Operation.GET_ALL, key))
                        ? real.getAll(keys)
                        : Fetched.gather(keys.stream()
                                .map(key -> isAway(Operation.GET_ALL, key)
                                        ? FaultyRemoteStore.<byte @Nullable []>unanswered(key)
                                        : real.get(key))
                                .toList()));
    }

    @Override
    public CompletionStage<Claim> acquire(Lease lease) {
        return on(lease.key(), Operation.ACQUIRE, () -> real.acquire(lease));
    }

    @Override
    public CompletionStage<Void> takeOver(Lease lease) {
        return on(lease.key(), Operation.TAKE_OVER, () -> real.takeOver(lease));
    }

    @Override
    public CompletionStage<Boolean> renew(Lease lease) {
        return on(lease.key(), Operation.RENEW, () -> real.renew(lease));
    }

    @Override
    public CompletionStage<Boolean> release(Lease lease) {
        return on(lease.key(), Operation.RELEASE, () -> real.release(lease));
    }

    @Override
    public CompletionStage<Boolean> store(Lease lease, byte[] value, Duration ttl) {
        return on(lease.key(), Operation.STORE, () -> real.store(lease, value, ttl));
    }

    @Override
    public CompletionStage<Boolean> unlink(String key) {
        return on(key, Operation.UNLINK, () -> real.unlink(key));
    }

    @Override
    public CompletionStage<Boolean> unlinkKeeping(Lease lease) {
        return on(lease.key(), Operation.UNLINK_KEEPING, () -> real.unlinkKeeping(lease));
    }

    @Override
    public CompletionStage<Reclaimed> unlinkBornBefore(String key, long position) {
        return on(key, Operation.UNLINK_BORN_BEFORE, () -> real.unlinkBornBefore(key, position));
    }

    @Override
    public CompletionStage<List<@Nullable Born>> births(List<String> keys) {
        return faults.around(Operation.BIRTHS, () -> real.births(keys));
    }

    @Override
    public CompletionStage<Page> scan(String prefix, @Nullable String cursor) {
        return faults.around(Operation.SCAN, () -> real.scan(prefix, cursor));
    }

    @Override
    public long epoch() {
        return real.epoch();
    }

    @Override
    public long takeovers() {
        return real.takeovers();
    }

    @Override
    public int openCircuits() {
        return real.openCircuits();
    }

    @Override
    public void close() {
        real.close();
    }

    private <T extends @Nullable Object> CompletionStage<T> on(
            String key, Operation operation, Supplier<CompletionStage<T>> task) {
        return faults.around(operation, isAway(operation, key) ? () -> unanswered(key) : task);
    }

    private boolean isAway(Operation operation, String key) {
        return away.test(operation, key);
    }

    private static <T extends @Nullable Object> CompletionStage<T> unanswered(String key) {
        return CompletableFuture.failedFuture(new IOException("The shard of " + key + " is away, as the test wants"));
    }
}
