package io.r3mes.cache.testing;

import io.r3mes.cache.spi.Claim;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.RemoteStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A remote store whose operations fail, lose their answers or come late when a test says so. Put it into a manager with
 * {@code R3mesCache.remoteStore(FaultyRemoteStore::new)}. Thread-safe.
 */
public final class FaultyRemoteStore implements RemoteStore {

    private final RemoteStore real;
    private final Faults<Operation> faults = new Faults<>(Operation.class);

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

    @Override
    public CompletionStage<byte @Nullable []> get(String key) {
        return faults.around(Operation.GET, () -> real.get(key));
    }

    @Override
    public CompletionStage<List<byte @Nullable []>> getAll(List<String> keys) {
        return faults.around(Operation.GET_ALL, () -> real.getAll(keys));
    }

    @Override
    public CompletionStage<Claim> acquire(Lease lease) {
        return faults.around(Operation.ACQUIRE, () -> real.acquire(lease));
    }

    @Override
    public CompletionStage<Void> takeOver(Lease lease) {
        return faults.around(Operation.TAKE_OVER, () -> real.takeOver(lease));
    }

    @Override
    public CompletionStage<Boolean> renew(Lease lease) {
        return faults.around(Operation.RENEW, () -> real.renew(lease));
    }

    @Override
    public CompletionStage<Boolean> release(Lease lease) {
        return faults.around(Operation.RELEASE, () -> real.release(lease));
    }

    @Override
    public CompletionStage<Boolean> store(Lease lease, byte[] value, Duration ttl) {
        return faults.around(Operation.STORE, () -> real.store(lease, value, ttl));
    }

    @Override
    public CompletionStage<Boolean> unlink(String key) {
        return faults.around(Operation.UNLINK, () -> real.unlink(key));
    }

    @Override
    public CompletionStage<Boolean> unlinkKeeping(Lease lease) {
        return faults.around(Operation.UNLINK_KEEPING, () -> real.unlinkKeeping(lease));
    }

    @Override
    public CompletionStage<Reclaimed> unlinkBornBefore(String key, long position) {
        return faults.around(Operation.UNLINK_BORN_BEFORE, () -> real.unlinkBornBefore(key, position));
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
    public void close() {
        real.close();
    }
}
