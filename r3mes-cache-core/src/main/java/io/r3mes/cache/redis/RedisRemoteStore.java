package io.r3mes.cache.redis;

import static io.r3mes.cache.redis.LuaScript.bytes;

import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.SetArgs;
import io.lettuce.core.protocol.CommandType;
import io.r3mes.cache.spi.Claim;
import io.r3mes.cache.spi.Fetched;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.ValueHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Values and leases in Redis. */
final class RedisRemoteStore implements RemoteStore {

    private static final int PAGE_SIZE = 512;
    private static final Gathering.Limits READS = new Gathering.Limits(8, 128);
    private static final Gathering.Limits WRITES = new Gathering.Limits(2, 64);

    private final RedisLink link;
    private final Sender invalidations;
    private final RedisKeys keys;
    private final ScanCursors cursors = new ScanCursors();
    private final Gathering<String, byte @Nullable []> reads;
    private final Gathering<Lease, Claim> claims = new Gathering<>(WRITES, this::acquireTogether);
    private final Gathering<Loaded, Boolean> stores = new Gathering<>(WRITES, this::storeTogether);

    /**
     * @param invalidations for what an acknowledged invalidation removes
     * @param readEnded is told how each {@link #get} ends, unless in a cluster
     */
    RedisRemoteStore(
            RedisLink link,
            Sender invalidations,
            RedisKeys keys,
            BiConsumer<@Nullable Object, @Nullable Throwable> readEnded) {
        this.link = link;
        this.invalidations = invalidations;
        this.keys = keys;
        this.reads = new Gathering<>(READS, new Reads(), readEnded);
    }

    @Override
    public CompletionStage<byte @Nullable []> get(String key) {
        return link.isToCluster() ? getNow(key) : reads.add(key);
    }

    @SuppressWarnings("NullAway") // Lettuce does not say that a value may be null.
    private CompletionStage<byte @Nullable []> getNow(String key) {
        return link.use(keys.value(key), (name, opened) -> opened.commands().get(name));
    }

    /** Fails as a whole; in a cluster, several calls of {@link #get} do better. */
    @Override
    public CompletionStage<Fetched> getAll(List<String> wanted) {
        if (wanted.isEmpty()) {
            return CompletableFuture.completedFuture(Fetched.of(List.of()));
        }
        String[] names = wanted.stream().map(keys::value).toArray(String[]::new);
        return link.call(commands -> commands.mget(names).thenApply(found -> {
            List<byte @Nullable []> values = new ArrayList<>(found.size());
            found.forEach(value -> values.add(value.hasValue() ? value.getValue() : null));
            return Fetched.of(values);
        }));
    }

    @Override
    public CompletionStage<Claim> acquire(Lease lease) {
        return link.isToCluster() ? acquireTogether(List.of(lease)).thenApply(all -> all.get(0)) : claims.add(lease);
    }

    private CompletionStage<List<Claim>> acquireTogether(List<Lease> leases) {
        byte[][] arguments = new byte[2 * leases.size()][];
        for (int i = 0; i < leases.size(); i++) {
            arguments[2 * i] = bytes(leases.get(i).token());
            arguments[2 * i + 1] = millis(leases.get(i).duration());
        }
        return ValueScripts.ACQUIRE
                .list(link, leasesAndValues(leases), arguments)
                .thenApply(reply -> {
                    int count = leases.size();
                    List<Claim> answers = new ArrayList<>(count);
                    for (int i = 0; i < count; i++) {
                        answers.add(new Claim(Long.valueOf(1).equals(reply.get(i)), (byte[]) reply.get(count + i)));
                    }
                    return answers;
                });
    }

    private String[] leasesAndValues(List<Lease> leases) {
        int count = leases.size();
        String[] names = new String[2 * count];
        for (int i = 0; i < count; i++) {
            String value = keys.value(leases.get(i).key());
            names[i] = RedisKeys.leaseOf(value);
            names[count + i] = value;
        }
        return names;
    }

    @Override
    public CompletionStage<Void> takeOver(Lease lease) {
        SetArgs expiry = SetArgs.Builder.px(Math.max(1, lease.duration().toMillis()));
        return link.call(commands -> commands.set(keys.lease(lease.key()), bytes(lease.token()), expiry)
                .thenAccept(ok -> {}));
    }

    @Override
    public CompletionStage<Boolean> renew(Lease lease) {
        return ValueScripts.RENEW.flag(link, lease(lease), bytes(lease.token()), millis(lease.duration()));
    }

    @Override
    public CompletionStage<Boolean> release(Lease lease) {
        return ValueScripts.RELEASE.flag(link, lease(lease), bytes(lease.token()));
    }

    @Override
    public CompletionStage<Boolean> store(Lease lease, byte[] value, Duration ttl) {
        Loaded loaded = new Loaded(lease, value, ttl);
        return link.isToCluster() ? storeTogether(List.of(loaded)).thenApply(all -> all.get(0)) : stores.add(loaded);
    }

    private CompletionStage<List<Boolean>> storeTogether(List<Loaded> all) {
        byte[][] arguments = new byte[3 * all.size()][];
        for (int i = 0; i < all.size(); i++) {
            Loaded loaded = all.get(i);
            arguments[3 * i] = bytes(loaded.lease().token());
            arguments[3 * i + 1] = loaded.value();
            arguments[3 * i + 2] = millis(loaded.ttl());
        }
        return ValueScripts.STORE
                .list(link, leasesAndValues(all.stream().map(Loaded::lease).toList()), arguments)
                .thenApply(reply -> reply.stream().map(Long.valueOf(1)::equals).toList());
    }

    @Override
    public CompletionStage<Boolean> unlink(String key) {
        return ValueScripts.UNLINK
                .flag(invalidations, keys.valueAndLease(key))
                .exceptionallyCompose(failure -> afterLease(
                        failure, key, () -> invalidations.send(Call.remove(CommandType.DEL, keys.lease(key)))));
    }

    @Override
    public CompletionStage<Boolean> unlinkKeeping(Lease lease) {
        byte[] token = bytes(lease.token());
        return ValueScripts.UNLINK_KEEPING
                .flag(invalidations, keys.valueAndLease(lease.key()), token)
                .exceptionallyCompose(failure -> afterLease(
                        failure, lease.key(), () -> ValueScripts.END_OTHER.number(invalidations, lease(lease), token)));
    }

    @Override
    public CompletionStage<Reclaimed> unlinkBornBefore(String key, long position) {
        return ValueScripts.UNLINK_BORN_BEFORE
                .list(link, new String[] {keys.value(key)}, bytes(position))
                .thenApply(RedisRemoteStore::reclaimed);
    }

    private static Reclaimed reclaimed(List<@Nullable Object> reply) {
        long outcome = (Long) Objects.requireNonNull(reply.get(0));
        long amount = (Long) Objects.requireNonNull(reply.get(1));
        return outcome == 2
                ? Reclaimed.kept(Duration.ofMillis(Math.max(1, amount)))
                : new Reclaimed(outcome == 1, amount, Duration.ZERO);
    }

    @Override
    public CompletionStage<List<@Nullable Born>> births(List<String> wanted) {
        List<CompletableFuture<byte @Nullable []>> all = new ArrayList<>(wanted.size());
        for (String key : wanted) {
            all.add(link.<byte @Nullable []>call(
                            commands -> commands.getrange(keys.value(key), 0, ValueHeader.BIRTH_END - 1)
                                    .<byte @Nullable []>thenApply(head -> head))
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenApply(done -> {
            List<@Nullable Born> births = new ArrayList<>(all.size());
            all.forEach(head -> births.add(Born.of(head.join())));
            return births;
        });
    }

    @Override
    public CompletionStage<Page> scan(String prefix, @Nullable String cursor) {
        ScanCursor from = cursor == null ? ScanCursor.INITIAL : cursors.find(cursor);
        if (from == null) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("The cursor is unknown or too old"));
        }
        ScanArgs arguments = ScanArgs.Builder.matches(keys.valuesGlob(prefix)).limit(PAGE_SIZE);
        return link.call(commands -> commands.scan(from, arguments).thenApply(found -> {
            List<String> page = found.getKeys().stream().map(keys::keyOf).toList();
            return new Page(page, found.isFinished() ? null : cursors.keep(found));
        }));
    }

    @Override
    public long takeovers() {
        return link.takeovers();
    }

    @Override
    public long epoch() {
        return link.epoch();
    }

    /** Does nothing: the connection belongs to the adapter. */
    @Override
    public void close() {}

    /**
     * Removes a value whose slot migrates in two steps, if Redis did not take one step for both keys. The lease goes first:
     * a load that it covered cannot be stored any more, and a load that begins between the steps reads what was current
     * when the removal began.
     */
    private CompletionStage<Boolean> afterLease(
            Throwable failure, String key, Supplier<CompletionStage<Long>> endLease) {
        return Refusal.of(failure) == Refusal.TRYAGAIN
                ? endLease.get()
                        .thenCompose(ended -> invalidations.send(Call.remove(CommandType.UNLINK, keys.value(key))))
                        .thenApply(removed -> removed == 1)
                : CompletableFuture.failedFuture(failure);
    }

    private String[] lease(Lease lease) {
        return new String[] {keys.lease(lease.key())};
    }

    /** Reads that are not in a cluster. */
    private final class Reads implements Gathering.Sending<String, byte @Nullable []> {

        @Override
        public CompletionStage<byte @Nullable []> sendAlone(String key) {
            return getNow(key);
        }

        /** One command for what several callers want; those who want the same share the answer. */
        @Override
        public CompletionStage<List<byte @Nullable []>> send(List<String> wanted) {
            if (wanted.size() == 1) {
                return sendAlone(wanted.get(0)).thenApply(Collections::singletonList);
            }
            Set<String> distinct = new LinkedHashSet<>(wanted);
            if (distinct.size() == 1) {
                return sendAlone(wanted.get(0)).thenApply(value -> Collections.nCopies(wanted.size(), value));
            }
            List<String> asked = List.copyOf(distinct);
            return getAll(asked).thenApply(found -> {
                Map<String, byte @Nullable []> values = new HashMap<>();
                for (int i = 0; i < asked.size(); i++) {
                    values.put(asked.get(i), found.values().get(i));
                }
                List<byte @Nullable []> answers = new ArrayList<>(wanted.size());
                wanted.forEach(key -> answers.add(values.get(key)));
                return answers;
            });
        }
    }

    /** A value on its way under a lease. */
    private record Loaded(Lease lease, byte[] value, Duration ttl) {}

    private static byte[] millis(Duration duration) {
        return bytes(Math.max(1, duration.toMillis()));
    }
}
