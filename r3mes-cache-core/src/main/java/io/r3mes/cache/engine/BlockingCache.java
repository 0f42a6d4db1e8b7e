package io.r3mes.cache.engine;

import io.r3mes.cache.AsyncCache;
import io.r3mes.cache.BulkLoader;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.LoadContext;
import io.r3mes.cache.Loader;
import io.r3mes.cache.Lookup;
import io.r3mes.cache.WriteTicket;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.LocalEntry;
import io.r3mes.cache.spi.NearReads;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The cache as callers see it: turns ids into subjects, asks the near cache, and waits for the paths below. */
final class BlockingCache<K, V> implements Cache<K, V>, NearReads {

    private final Node node;
    private final CachePolicy policy;
    private final TieredCache<V> tiered;
    private final WriteThrough writes;
    private final Invalidator invalidator;

    BlockingCache(Node node, CachePolicy policy, TieredCache<V> tiered, WriteThrough writes, Invalidator invalidator) {
        this.node = node;
        this.policy = policy;
        this.tiered = tiered;
        this.writes = writes;
        this.invalidator = invalidator;
    }

    @Override
    public String name() {
        return policy.name();
    }

    @Override
    public String key(K id) {
        return policy.key().render(id);
    }

    @Override
    public <X extends Exception> @Nullable V get(K id, Loader<? super K, ? extends V, X> loader) throws X {
        long startedAt = node.now();
        LocalEntry entry = tiered.local(localId(id), startedAt);
        if (entry != null) {
            if (startedAt - entry.refreshAtNanos() >= 0) {
                refreshAhead(id, context -> CompletableFuture.completedFuture(loader.load(id, context)));
            }
            return value(entry);
        }
        CallerThread here = CallerThread.begin(executor());
        return here.await(tiered.read(timed(id, loader, here, startedAt))).get();
    }

    @Override
    public @Nullable LocalEntry near(@Nullable Object id) {
        return tiered.fresh(localId(id), node.now());
    }

    @Override
    public <X extends Exception> @Nullable V refresh(K id, Loader<? super K, ? extends V, X> loader) throws X {
        long startedAt = node.now();
        return CallerThread.call(executor(), steps -> tiered.refresh(timed(id, loader, steps, startedAt)))
                .get();
    }

    @Override
    public Lookup<V> getIfPresent(K id) {
        long startedAt = node.now();
        Object localId = localId(id);
        LocalEntry entry = tiered.local(localId, startedAt);
        return entry == null ? peek(Catalog.subject(policy, id), localId, startedAt) : new Lookup.Hit<>(value(entry));
    }

    /** The same for a raw key. */
    Lookup<V> getIfPresent(Subject subject) {
        long startedAt = node.now();
        LocalId localId = new LocalId(subject.key());
        LocalEntry entry = tiered.local(localId, startedAt);
        return entry == null ? peek(subject, localId, startedAt) : new Lookup.Hit<>(value(entry));
    }

    @Override
    public <X extends Exception> Map<K, @Nullable V> getAll(
            Collection<? extends K> ids, BulkLoader<K, ? extends V, X> loader) throws X {
        return new BulkRead<K, V>(node, policy, tiered, this).getAll(ids, loader);
    }

    @Override
    public Invalidation set(K id, @Nullable V value, EntryOptions options) {
        return set(Catalog.subject(policy, id), localId(id), value, options);
    }

    /** The same for a raw key. */
    Invalidation set(Subject subject, @Nullable Object value, EntryOptions options) {
        return set(subject, new LocalId(subject.key()), value, options);
    }

    private Invalidation set(Subject subject, Object localId, @Nullable Object value, EntryOptions options) {
        return CallerThread.call(
                executor(),
                steps -> writes.take(subject, localId)
                        .thenComposeAsync(ticket -> writes.store(ticket, value, options), steps));
    }

    @Override
    public WriteTicket<V> writeTicket(K id) {
        Subject subject = Catalog.subject(policy, id);
        Object localId = localId(id);
        return new Ticket<>(CallerThread.call(executor(), steps -> writes.take(subject, localId)), writes, executor());
    }

    @Override
    public Invalidation delete(K id) {
        Event event = new Event.Keys(List.of(key(id)));
        return CallerThread.call(executor(), steps -> invalidator.invalidate(event));
    }

    @Override
    public AsyncCache<K, V> async() {
        return new FutureCache<>(this, node, tiered, writes, invalidator);
    }

    CachePolicy policy() {
        return policy;
    }

    Object localId(@Nullable Object id) {
        return id != null && LocalId.isUsableAsIs(id)
                ? id
                : new LocalId(policy.key().render(id));
    }

    /** Loads anew in the background, unless that is under way already. */
    void refreshAhead(K id, Read.Loading<V> loading) {
        tiered.refreshAhead(
                new Read<>(Catalog.subject(policy, id), localId(id), loading, executor(), null, node.now()));
    }

    private <X extends Exception> Read<V> timed(
            K id, Loader<? super K, ? extends V, X> loader, Executor steps, long startedAt) {
        Read.Loading<V> loading = (LoadContext context) -> CompletableFuture.completedFuture(loader.load(id, context));
        TimeLimits limits = tiered.limits();
        boolean bound =
                limits == null || loader.needsCallersThread() || node.loading().isInside();
        LoaderThread here = new LoaderThread(Thread.currentThread());
        return new Read<>(
                Catalog.subject(policy, id), localId(id), loading, steps, here, startedAt, bound ? null : limits);
    }

    @SuppressWarnings("unchecked") // This cache puts values of its own type only.
    @Nullable V value(LocalEntry entry) {
        return (V) entry.value();
    }

    @SuppressWarnings("unchecked") // The format decodes values of this cache's type only.
    Lookup<V> lookup(Found found) {
        return found instanceof Found.Hit hit ? new Lookup.Hit<>((V) hit.value()) : Lookup.miss();
    }

    private Lookup<V> peek(Subject subject, Object localId, long startedAt) {
        return lookup(CallerThread.call(
                executor(),
                steps -> tiered.peek(new Read<>(subject, localId, FutureCache.noLoading(), steps, null, startedAt))));
    }

    private Executor executor() {
        return node.environment().executor();
    }

    /** A ticket that blocks its caller. */
    private static final class Ticket<V> implements WriteTicket<V> {

        private final WriteThrough.Ticket ticket;
        private final WriteThrough writes;
        private final Executor executor;
        private final AtomicBoolean used = new AtomicBoolean();

        Ticket(WriteThrough.Ticket ticket, WriteThrough writes, Executor executor) {
            this.ticket = ticket;
            this.writes = writes;
            this.executor = executor;
        }

        @Override
        public Invalidation store(@Nullable V value, EntryOptions options) {
            if (!used.compareAndSet(false, true)) {
                throw new IllegalStateException("The ticket is used already");
            }
            return CallerThread.call(executor, steps -> writes.store(ticket, value, options));
        }

        @Override
        public void close() {
            if (used.compareAndSet(false, true)) {
                writes.abandon(ticket);
            }
        }
    }
}
