package io.r3mes.cache.engine;

import io.r3mes.cache.BulkLoader;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.Claim;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.LocalEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One read of several ids: near cache, one bulk read, leases on what is missing, one call of the loader, conditional
 * stores. Ids that another node is loading are read one by one at the end. Used by one thread.
 */
final class BulkRead<K, V> {

    private static final int BATCH = 512;
    /** Stands for a head that the log did not give; no real one has this generation. */
    private static final Head NO_HEAD = new Head(0, "", 0, "", 0);

    private final Node node;
    private final CachePolicy policy;
    private final TieredCache<V> tiered;
    private final BlockingCache<K, V> cache;
    private final Map<K, @Nullable V> values = new LinkedHashMap<>();
    private final List<Wanted<K>> missing = new ArrayList<>();
    private final List<Leased<K>> leased = new ArrayList<>();
    private final List<Unleased<K, V>> unleased = new ArrayList<>();
    private final List<K> busy = new ArrayList<>();
    /** Once Redis has answered for nothing of a batch, it is asked no more. */
    private boolean alone;

    BulkRead(Node node, CachePolicy policy, TieredCache<V> tiered, BlockingCache<K, V> cache) {
        this.node = node;
        this.policy = policy;
        this.tiered = tiered;
        this.cache = cache;
    }

    <X extends Exception> Map<K, @Nullable V> getAll(Collection<? extends K> ids, BulkLoader<K, ? extends V, X> loader)
            throws X {
        try {
            List<Wanted<K>> remote = readNear(new LinkedHashSet<>(ids));
            inBatches(remote, this::readRemote);
            inBatches(missing, this::claim);
            load(loader);
        } finally {
            unleased.forEach(each -> each.land(tiered.alone(), null));
        }
        for (K id : busy) {
            values.put(
                    id,
                    cache.get(
                            id, (wanted, context) -> loader.load(Set.of(wanted)).get(wanted)));
        }
        return values;
    }

    private void inBatches(List<Wanted<K>> all, BiFunction<List<Wanted<K>>, Executor, CompletableFuture<Void>> ask) {
        for (int from = 0; from < all.size(); from += BATCH) {
            List<Wanted<K>> batch = all.subList(from, Math.min(all.size(), from + BATCH));
            if (alone) {
                batch.forEach(this::addUnleased);
            } else {
                CallerThread.call(node.environment().executor(), steps -> ask.apply(batch, steps));
            }
        }
    }

    private List<Wanted<K>> readNear(Set<K> ids) {
        List<Wanted<K>> remote = new ArrayList<>();
        for (K id : ids) {
            long now = node.now();
            Object localId = cache.localId(id);
            LocalEntry entry = tiered.local(localId, now);
            values.put(id, entry == null ? null : cache.value(entry));
            if (entry == null) {
                remote.add(new Wanted<>(id, localId, Catalog.subject(policy, id), now));
            }
        }
        return remote;
    }

    private CompletableFuture<Void> readRemote(List<Wanted<K>> batch, Executor steps) {
        RemoteReads.Watch watch = tiered.remote().watch();
        return tiered.remote()
                .getAll(batch.stream().map(Wanted::subject).toList(), watch, steps)
                .thenAccept(found -> {
                    alone = found.stream().allMatch(Found.Unavailable.class::isInstance);
                    for (int i = 0; i < batch.size(); i++) {
                        Wanted<K> wanted = batch.get(i);
                        if (found.get(i) instanceof Found.Hit hit) {
                            tiered.countRemoteHit(wanted.subject().key(), wanted.startedAt());
                            keep(wanted, hit, watch);
                        } else if (found.get(i) instanceof Found.Miss || found.get(i) instanceof Found.Stale) {
                            missing.add(wanted);
                        } else {
                            addUnleased(wanted);
                        }
                    }
                });
    }

    private CompletableFuture<Void> claim(List<Wanted<K>> batch, Executor steps) {
        RemoteReads.Watch watch = tiered.remote().watch();
        List<Lease> leases = new ArrayList<>();
        List<CompletableFuture<@Nullable Claim>> claims = new ArrayList<>();
        for (Wanted<K> wanted : batch) {
            Lease lease = new Lease(
                    wanted.subject().key(), node.newToken(), policy.load().lease());
            leases.add(lease);
            claims.add(node.remote().acquire(lease).toCompletableFuture().exceptionally(failure -> null));
        }
        CompletableFuture<Head> head =
                node.log().head(node.timeline().head()).toCompletableFuture().exceptionally(failure -> NO_HEAD);
        return CompletableFuture.allOf(claims.toArray(CompletableFuture[]::new))
                .thenCombine(head, (done, read) -> read)
                .thenComposeAsync(
                        bornAt -> {
                            alone = bornAt.generation() == 0
                                    || claims.stream().noneMatch(claim -> claim.join() != null);
                            List<CompletableFuture<Void>> all = new ArrayList<>();
                            for (int i = 0; i < batch.size(); i++) {
                                Leased<K> candidate = new Leased<>(batch.get(i), leases.get(i), bornAt, node.now());
                                all.add(settle(candidate, claims.get(i).join(), watch, steps));
                            }
                            return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
                        },
                        steps);
    }

    private CompletableFuture<Void> settle(
            Leased<K> candidate, @Nullable Claim claim, RemoteReads.Watch watch, Executor steps) {
        Wanted<K> wanted = candidate.wanted();
        if (claim == null || candidate.head().generation() == 0) {
            addUnleased(wanted);
            if (claim != null && claim.acquired()) {
                tiered.entries().release(candidate.lease());
            }
            return CompletableFuture.completedFuture(null);
        }
        return tiered.remote()
                .judge(wanted.subject(), claim.value(), watch, steps)
                .thenAccept(found -> {
                    if (found instanceof Found.Hit hit) {
                        keep(wanted, hit, watch);
                        tiered.countMiss(wanted.subject().key(), wanted.startedAt());
                        if (claim.acquired()) {
                            tiered.entries().release(candidate.lease());
                        }
                    } else if (claim.acquired()) {
                        leased.add(candidate);
                    } else {
                        busy.add(wanted.id());
                    }
                });
    }

    private void addUnleased(Wanted<K> wanted) {
        node.uncached().incrementAndGet();
        Read<V> read = new Read<>(
                wanted.subject(),
                wanted.localId(),
                FutureCache.noLoading(),
                node.environment().executor(),
                Thread.currentThread(),
                wanted.startedAt());
        LoneLoads.Turn<V> turn = tiered.alone().turn(read);
        if (turn instanceof LoneLoads.Kept<V> shared) {
            values.put(wanted.id(), shared.value());
            tiered.countMiss(wanted.subject().key(), wanted.startedAt());
        } else {
            LoneLoads.Load<V> own = turn instanceof LoneLoads.Lead<V> lead ? lead.load() : null;
            unleased.add(new Unleased<>(wanted.id(), read, own));
        }
    }

    private <X extends Exception> void load(BulkLoader<K, ? extends V, X> loader) throws X {
        Set<K> ids = new LinkedHashSet<>();
        leased.forEach(entry -> ids.add(entry.wanted().id()));
        unleased.forEach(entry -> ids.add(entry.id()));
        if (ids.isEmpty()) {
            return;
        }
        List<LeaseKeeper> keepers = leased.stream()
                .map(entry ->
                        LeaseKeeper.start(node, entry.lease(), policy.load().maxLoad()))
                .toList();
        boolean succeeded = false;
        try {
            Map<K, ? extends V> loaded = tiered.calls().runBulk(policy.key().text(), () -> {
                unleased.forEach(entry -> entry.call(tiered.alone()));
                return loader.load(ids);
            });
            ids.forEach(id -> values.put(id, loaded.get(id)));
            succeeded = true;
        } finally {
            keepers.forEach(LeaseKeeper::stop);
            if (!succeeded) {
                leased.forEach(entry -> tiered.entries().release(entry.lease()));
            }
        }
        unleased.forEach(entry -> entry.land(tiered.alone(), new Answer.Value<>(values.get(entry.id()))));
        CallerThread.call(node.environment().executor(), this::storeAll);
        unleased.forEach(
                entry -> tiered.countMiss(entry.read().key(), entry.read().startedAt()));
    }

    private CompletableFuture<Void> storeAll(Executor steps) {
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        for (Leased<K> entry : leased) {
            Wanted<K> wanted = entry.wanted();
            tiered.countMiss(wanted.subject().key(), wanted.startedAt());
            Entries.Loaded loaded = new Entries.Loaded(
                    wanted.localId(), wanted.subject(), values.get(wanted.id()), new LoadDecisions());
            all.add(tiered.entries()
                    .store(loaded, entry.lease(), tiered.entries().born(entry.head(), entry.claimedAt())));
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    @SuppressWarnings("unchecked") // The format decodes values of this cache's type only.
    private void keep(Wanted<K> wanted, Found.Hit hit, RemoteReads.Watch watch) {
        Object value = tiered.entries().keepLocally(wanted.localId(), wanted.subject(), hit, watch);
        values.put(wanted.id(), (V) value);
    }

    private record Wanted<K>(K id, Object localId, Subject subject, long startedAt) {}

    private record Leased<K>(Wanted<K> wanted, Lease lease, Head head, long claimedAt) {}

    /**
     * What is loaded without Redis.
     *
     * @param load that others wait for; null if another caller is loading the key already
     */
    private record Unleased<K, V>(K id, Read<V> read, LoneLoads.@Nullable Load<V> load) {

        void call(Alone<V> alone) {
            if (load != null) {
                alone.called(load);
            }
        }

        void land(Alone<V> alone, @Nullable Answer<V> answer) {
            if (load != null) {
                alone.landed(load, read, answer);
            }
        }
    }
}
