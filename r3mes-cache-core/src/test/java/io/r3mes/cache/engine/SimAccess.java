package io.r3mes.cache.engine;

import io.r3mes.cache.AsyncLoader;
import io.r3mes.cache.Cache;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.Invalidation;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The operations of an engine that its API offers to blocking callers only, for a simulation that must not block. */
public final class SimAccess {

    private SimAccess() {}

    /** A write ticket that does not block. */
    public record Ticket(WriteThrough writes, WriteThrough.Ticket taken) {

        public CompletableFuture<Invalidation> store(Object value, EntryOptions options) {
            return writes.store(taken, value, options);
        }

        public void abandon() {
            writes.abandon(taken);
        }
    }

    /** {@link Cache#writeTicket}. */
    public static <K> CompletableFuture<Ticket> ticket(Cache<K, ?> cache, K id) {
        BlockingCache<K, ?> real = (BlockingCache<K, ?>) cache;
        WriteThrough writes = field(real, "writes");
        return writes.take(Catalog.subject(real.policy(), id), real.localId(id))
                .thenApply(taken -> new Ticket(writes, taken));
    }

    /** {@link Cache#refresh}. */
    public static <K, V> CompletableFuture<V> refresh(Cache<K, V> cache, K id, AsyncLoader<K, V> loader) {
        BlockingCache<K, V> real = (BlockingCache<K, V>) cache;
        TieredCache<V> tiered = field(real, "tiered");
        Node node = field(real, "node");
        Read<V> read = new Read<>(
                Catalog.subject(real.policy(), id),
                real.localId(id),
                context -> loader.load(id, context),
                node.environment().executor(),
                new LoaderThread(null),
                node.now(),
                tiered.limits());
        return CompletableFuture.supplyAsync(
                        () -> tiered.refresh(read), node.environment().executor())
                .thenCompose(answer -> answer)
                .thenApply(Answer::get);
    }

    /** {@link Invalidation#awaitEverywhere}. */
    public static CompletableFuture<Boolean> everywhere(Invalidation receipt, Duration timeout) {
        Everywhere everywhere = field(receipt, "everywhere");
        return everywhere.reached(receipt.position().orElseThrow(), timeout);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // The caller names the field's type.
    private static <T> T field(Object owner, String name) {
        try {
            Field field = owner.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return (T) field.get(owner);
        } catch (ReflectiveOperationException changed) {
            throw new IllegalStateException(changed);
        }
    }
}
