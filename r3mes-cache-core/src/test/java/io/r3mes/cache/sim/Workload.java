package io.r3mes.cache.sim;

import io.r3mes.cache.AsyncLoader;
import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.LoadTimeoutException;
import io.r3mes.cache.Lookup;
import io.r3mes.cache.engine.SimAccess;
import io.r3mes.cache.sim.SimLoop.Life;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** What the clients of the cluster do: reads, and changes of the database that are followed by an invalidation. */
final class Workload {

    private final World world;
    private final SimLoop loop;
    private final Database database;
    private final History history;
    private final Scenario.Load plan;

    Workload(World world) {
        this.world = world;
        this.loop = world.loop();
        this.database = world.database();
        this.history = world.history();
        this.plan = world.scenario().load();
    }

    void start() {
        loop.after((long) (-Math.log(1 - loop.random().nextDouble()) * plan.gap()), null, () -> {
            loop.context(null);
            SimNode node = world.anyNode();
            int key = anyKey();
            boolean writes = loop.chance(plan.writes()) && !world.isQuiet();
            loop.after(0, node.life(), () -> {
                if (writes) {
                    write(node, key);
                } else {
                    read(node, key);
                }
            });
            start();
        });
    }

    /** Half of all operations meet on one key. */
    private int anyKey() {
        return loop.chance(0.5) ? 0 : loop.below(database.keys());
    }

    static String anyTag(World world) {
        SimLoop loop = world.loop();
        int key = loop.below(world.database().keys());
        String own = "t" + Database.cache(key) + ":" + Database.id(key);
        return loop.pick(own, own, "everyA", "d" + loop.below(Database.DYNAMIC_TAGS));
    }

    /** Each key on one node, at about the same time. */
    void readEverything(SimNode node) {
        for (int key = 0; key < database.keys(); key++) {
            int wanted = key;
            loop.after(loop.between(0, 5 * SimLoop.MILLI), node.life(), () -> read(node, wanted));
        }
    }

    /** Each key on one node, at about the same time. */
    void writeEverything(SimNode node) {
        for (int key = 0; key < database.keys(); key++) {
            int wanted = key;
            loop.after(loop.between(0, 2 * SimLoop.MILLI), node.life(), () -> write(node, wanted));
        }
    }

    private void read(SimNode node, int key) {
        int kind = loop.below(10);
        String name = kind == 0 ? "peek" : kind == 1 ? "refresh" : "get";
        ReadOp read = new ReadOp(
                name, node.life(), key, loop.now(), node.engine().status().position());
        loop.context(read);
        AsyncLoader<String, Long> loader = world.mutation().loader(world, node.life(), loader(node.life(), read));
        CompletableFuture<Long> value = switch (name) {
            case "peek" ->
                node.cache(key)
                        .async()
                        .getIfPresent(Database.id(key))
                        .thenApply(found -> found instanceof Lookup.Hit<Long> hit ? hit.value() : null);
            case "refresh" -> SimAccess.refresh(node.cache(key), Database.id(key), loader);
            default -> node.cache(key).async().get(Database.id(key), loader);
        };
        value.whenComplete((found, failure) -> {
            if (found != null) {
                long version = Database.versionOf(key, found);
                history.read(read, version);
            } else {
                history.count(failure == null ? "absent" : "failed read");
                if (failure != null) {
                    failed(read, root(failure));
                }
            }
        });
        loop.context(null);
    }

    private void failed(ReadOp read, Throwable failure) {
        if (failure instanceof LoadTimeoutException) {
            history.count("timed out");
        } else if (!(failure instanceof LoadFailed)) {
            history.violate(read + " failed with " + failure);
        }
    }

    private static Throwable root(Throwable failure) {
        return failure.getCause() == null ? failure : root(failure.getCause());
    }

    /** The database's failure. */
    static final class LoadFailed extends Exception {
        private static final long serialVersionUID = 1L;

        LoadFailed() {
            super(null, null, false, false);
        }
    }

    private AsyncLoader<String, Long> loader(Life node, ReadOp read) {
        return (id, context) -> {
            read.loaded = true;
            CompletableFuture<Long> loaded = new CompletableFuture<>();
            int key = read.key;
            loop.after(loadTime(), null, () -> {
                long version = database.version(key);
                history.note(() -> node + " loads version " + version + " of " + Database.name(key));
                boolean fails = loop.chance(plan.failedLoads());
                loop.after(loadTime(), node, () -> {
                    if (fails) {
                        loaded.completeExceptionally(new LoadFailed());
                        return;
                    }
                    String tag = Database.dynamicTag(key, version);
                    if (tag != null) {
                        context.tags(tag);
                    }
                    loaded.complete(Database.value(key, version));
                });
            });
            return loaded;
        };
    }

    private long loadTime() {
        return loop.chance(plan.slowLoads())
                ? loop.between(10 * SimLoop.MILLI, 250 * SimLoop.MILLI)
                : loop.between(20 * SimLoop.MICRO, 4 * SimLoop.MILLI);
    }

    private void write(SimNode node, int key) {
        switch (loop.below(12)) {
            case 0 -> set(node, key);
            case 1, 2 -> ticket(node, key);
            default -> {
                if (!database.isLocked(key)) {
                    commit(node, key);
                    loop.after(pauseBeforeCall(), node.life(), () -> invalidate(node, key));
                }
            }
        }
    }

    private long commit(SimNode node, int key) {
        database.begin(key);
        loop.after(SimLoop.SECOND, null, () -> database.end(key));
        long version = database.commit(key);
        history.note(() -> node.life() + " commits version " + version + " of " + Database.name(key));
        return version;
    }

    private long pauseBeforeCall() {
        return loop.chance(0.1) ? loop.between(0, 40 * SimLoop.MILLI) : loop.between(0, SimLoop.MILLI);
    }

    /** Invalidates something that covers the key, by any means. */
    private void invalidate(SimNode node, int key) {
        CacheInvalidator invalidator = node.engine().invalidator();
        String name = Database.name(key);
        switch (loop.below(14)) {
            case 0, 1, 2 -> issue(node, "key " + name, Scope.key(key), any -> invalidator.invalidateKeyAsync(name));
            case 3 ->
                issue(
                        node,
                        "delete " + name,
                        Scope.key(key),
                        any -> node.cache(key).async().delete(Database.id(key)));
            case 4 -> {
                int other = anyKey();
                Scope both = new Scope(1L << key | 1L << other, null, true);
                List<String> names = key == other ? List.of(name) : List.of(name, Database.name(other));
                issue(node, "keys " + names, both, any -> invalidator.invalidateKeysAsync(names));
            }
            case 5, 6, 7 -> tag(node, key);
            case 8 -> {
                int chosen = loop.below(Database.DYNAMIC_TAGS);
                String tag = "d" + chosen;
                Scope scope = new Scope(keysOf("b"), tag, false);
                issue(node, "tag " + tag, scope, any -> invalidator.invalidateByTagAsync(tag));
            }
            case 9, 10 -> pattern(node, key);
            case 11 -> {
                String cache = Database.cache(key);
                issue(node, "cache " + cache, Scope.all(keysOf(cache)), any -> invalidator.invalidateCacheAsync(cache));
            }
            case 12 -> issue(node, "everything", Scope.all(-1), any -> invalidator.invalidateAllAsync());
            default -> issue(node, "key " + name, Scope.key(key), any -> invalidator.invalidateKeyAsync(name));
        }
    }

    private void tag(SimNode node, int key) {
        String cache = Database.cache(key);
        boolean every = cache.equals("a") && loop.chance(0.5);
        String tag = every ? "everyA" : "t" + cache + ":" + Database.id(key);
        Scope scope = every ? Scope.all(keysOf("a")) : cache.equals("c") ? Scope.all(0) : Scope.all(1L << key);
        issue(node, "tag " + tag, scope, any -> node.engine().invalidator().invalidateByTagAsync(tag));
    }

    private void pattern(SimNode node, int key) {
        String cache = Database.cache(key);
        String glob = loop.pick("*", cache + ":*", "*:" + Database.id(key), "?:?" + key);
        Scope scope = Scope.all(glob.equals("*") ? -1 : glob.startsWith(cache) ? keysOf(cache) : 1L << key);
        issue(node, "pattern " + glob, scope, any -> node.engine().invalidator().invalidateByPatternAsync(glob));
    }

    private long keysOf(String cache) {
        long keys = 0;
        for (int key = 0; key < database.keys(); key++) {
            keys |= Database.cache(key).equals(cache) ? 1L << key : 0;
        }
        return keys;
    }

    private void issue(SimNode node, String what, Scope scope, Function<Object, CompletableFuture<Invalidation>> call) {
        Invalidated invalidated = history.called(what, scope, node.life(), database.versions());
        loop.context(invalidated);
        call.apply(what).whenComplete((receipt, failure) -> returned(node, invalidated, receipt, failure));
    }

    private void returned(SimNode node, Invalidated invalidated, Invalidation receipt, Throwable failure) {
        if (failure != null) {
            history.violate(invalidated + " failed with " + failure);
            return;
        }
        try {
            acknowledge(node, invalidated, receipt);
        } catch (RuntimeException broken) {
            history.violate(invalidated + " cannot be followed: " + broken);
        }
    }

    private void acknowledge(SimNode node, Invalidated invalidated, Invalidation receipt) {
        invalidated.receipt = receipt;
        history.returned(invalidated);
        lookAfterwards(node, invalidated);
        if (invalidated.acknowledgedAt != Invalidated.NEVER && loop.chance(0.3)) {
            loop.context(null);
            SimAccess.everywhere(receipt, Duration.ofSeconds(2)).thenAccept(reached -> {
                if (reached) {
                    history.everywhere(invalidated);
                    lookAfterwards(node, invalidated);
                }
            });
        }
    }

    /** Most bugs show right after an invalidation. */
    private void lookAfterwards(SimNode issuer, Invalidated invalidated) {
        for (int i = 0; i < 3; i++) {
            int key = anyKey();
            if (invalidated.scope.touches(key) && loop.chance(0.7)) {
                SimNode node = loop.chance(0.5) ? issuer : world.anyNode();
                long delay = loop.pick(0L, 0L, loop.between(0, 5 * SimLoop.MILLI));
                loop.context(null);
                loop.after(delay, node.life(), () -> read(node, key));
            }
        }
    }

    /** A bare set is safe only while nobody else writes the key. */
    private void set(SimNode node, int key) {
        if (!database.lock(key)) {
            return;
        }
        long version = database.commit(key);
        history.note(() -> node.life() + " commits, alone, version " + version + " of " + Database.name(key));
        loop.after(2 * SimLoop.SECOND, null, () -> database.unlock(key));
        loop.after(
                pauseBeforeCall(),
                node.life(),
                () -> issue(
                        node,
                        "set " + Database.name(key) + " to " + version,
                        Scope.key(key),
                        any -> node.cache(key)
                                .async()
                                .set(Database.id(key), Database.value(key, version), options(key, version))));
    }

    private static EntryOptions options(int key, long version) {
        String tag = Database.dynamicTag(key, version);
        return tag == null ? EntryOptions.DEFAULT : EntryOptions.DEFAULT.withTags(tag);
    }

    private void ticket(SimNode node, int key) {
        SimAccess.ticket(node.cache(key), Database.id(key)).thenAccept(ticket -> {
            loop.after(pauseBeforeCall(), node.life(), () -> {
                if (database.isLocked(key) || loop.chance(0.1)) {
                    ticket.abandon();
                    return;
                }
                long version = commit(node, key);
                loop.after(pauseBeforeCall(), node.life(), () -> {
                    long[] floors = new long[database.keys()];
                    floors[key] = version;
                    Invalidated invalidated = history.called(
                            "store " + Database.name(key) + " = " + version, Scope.key(key), node.life(), floors);
                    ticket.store(Database.value(key, version), options(key, version))
                            .whenComplete((receipt, failure) -> returned(node, invalidated, receipt, failure));
                });
            });
        });
    }
}
