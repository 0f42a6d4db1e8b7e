package io.r3mes.cache.sim;

import io.r3mes.cache.memory.MemoryServer;
import io.r3mes.cache.spi.Lease;
import java.time.Duration;
import java.util.function.Consumer;

/** What goes wrong with nodes and servers. */
final class Nemesis {

    private final World world;
    private final Workload workload;
    private final SimLoop loop;
    private final Scenario.Machines plan;
    private boolean failedOver;

    Nemesis(World world, Workload workload) {
        this.world = world;
        this.workload = workload;
        this.loop = world.loop();
        this.plan = world.scenario().machines();
    }

    void start() {
        every(plan.pauses(), this::pause);
        every(plan.crashes(), this::crash);
        every(plan.cuts(), this::cut);
        every(plan.failovers(), this::failOver);
        every(plan.evictions(), this::forget);
    }

    private void every(long mean, Runnable fault) {
        if (mean > 0) {
            loop.after((long) (-Math.log(1 - loop.random().nextDouble()) * mean), null, () -> {
                loop.context(null);
                fault.run();
                every(mean, fault);
            });
        }
    }

    private void pause() {
        SimNode node = world.anyNode();
        long length = loop.chance(0.3) ? loop.between(200, 1_500) : loop.between(1, 100);
        node.life().pauseUntil(loop.now() + length * SimLoop.MILLI);
        happened("pause", () -> node.life() + " for " + length + " ms");
    }

    private void crash() {
        SimNode node = world.anyNode();
        if (node.life().isEnded()) {
            return;
        }
        node.crash();
        happened("crash", () -> node.life().toString());
        loop.after(loop.between(1, loop.pick(20, 300)) * SimLoop.MILLI, null, node::start);
    }

    private void cut() {
        SimNode node = world.anyNode();
        long length = loop.chance(0.5) ? loop.between(200, 1_500) : loop.between(5, 200);
        boolean all = loop.chance(0.5);
        if (all) {
            node.wire().cut(loop.now() + length * SimLoop.MILLI);
        } else {
            node.cutLog(loop.now() + length * SimLoop.MILLI);
        }
        happened(all ? "cut" : "cut of the log", () -> node.life() + " for " + length + " ms");
    }

    private void failOver() {
        if (plan.loses()) {
            loseTheLast(world.log());
            return;
        }
        Shard shard = loop.chance(0.5) ? world.log() : world.values();
        if (!shard.isDown()) {
            shard.kill();
            happened("failover", () -> (shard == world.log() ? "log " : "values ") + shard.changes());
            loop.after(loop.between(1, 400) * SimLoop.MILLI, null, () -> shard.promote(0));
        }
    }

    /** Once: what was lost in a second failover could not be told from what was lost in the first. */
    private void loseTheLast(Shard shard) {
        if (failedOver) {
            return;
        }
        failedOver = true;
        if (loop.chance(0.5)) {
            lose(shard, (int) loop.between(1, loop.pick(5, 50, 500)));
            return;
        }
        SimNode unaware = world.anyNode();
        SimNode writer = world.anyNode();
        unaware.cutLog(loop.now() + 400 * SimLoop.MILLI);
        loop.after(0, null, () -> workload.readEverything(writer));
        loop.after(40 * SimLoop.MILLI, null, () -> {
            int before = shard.changes();
            workload.writeEverything(writer);
            loop.after(loop.between(2, 30) * SimLoop.MILLI, null, () -> lose(shard, shard.changes() - before));
        });
    }

    private void lose(Shard shard, int changes) {
        int lost = Math.min(changes, shard.changes());
        long killedAt = loop.now();
        long lostSince = shard.timeOfLast(lost);
        shard.kill();
        happened("failover with loss", () -> lost + " changes, the first at " + Invalidated.at(lostSince));
        if (loop.chance(0.7)) {
            world.quiet();
        }
        loop.after(loop.between(1, loop.pick(10, 400)) * SimLoop.MILLI, null, () -> {
            shard.promote(lost);
            world.history().lost(new History.Loss(lostSince, killedAt, loop.now()));
            for (int i = 0; i < world.nodes(); i++) {
                workload.readEverything(world.node(i));
            }
            if (loop.chance(0.7)) {
                loop.after(loop.between(0, 300) * SimLoop.MILLI, null, this::crash);
            }
        });
    }

    private void forget() {
        switch (loop.below(12)) {
            case 0, 1 -> {
                String key = Database.name(loop.below(world.database().keys()));
                on(world.values(), "evict " + key, server -> server.store().unlinkBornBefore(key, Long.MAX_VALUE));
            }
            case 2, 3 -> {
                String key = Database.name(loop.below(world.database().keys()));
                on(
                        world.values(),
                        "evict the lease of " + key,
                        server -> server.store().takeOver(new Lease(key, "nobody", Duration.ofNanos(1))));
            }
            case 4, 5 -> {
                String tag = Workload.anyTag(world);
                on(world.log(), "evict the stamp of " + tag, server -> server.loseStamp(tag));
            }
            case 6 -> on(world.log(), "evict the metadata", MemoryServer::loseMetadata);
            case 7 -> on(world.log(), "evict the log", MemoryServer::loseEntries);
            case 8 -> on(world.log(), "evict the list of nodes", MemoryServer::loseNodes);
            default -> on(world.log(), "trim the log", MemoryServer::trim);
        }
    }

    private void on(Shard shard, String what, Consumer<MemoryServer> change) {
        if (!shard.isDown()) {
            shard.happen(change);
            happened("eviction", () -> what);
        }
    }

    private void happened(String kind, java.util.function.Supplier<String> what) {
        world.history().count(kind);
        world.history().note(() -> kind.toUpperCase(java.util.Locale.ROOT) + " " + what.get());
    }
}
