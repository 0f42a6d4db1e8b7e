package io.r3mes.cache.sim;

import io.r3mes.cache.Cache;
import io.r3mes.cache.engine.CacheEngine;
import io.r3mes.cache.engine.EngineConfig;
import io.r3mes.cache.sim.SimLoop.Life;
import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.LocalEntry;
import io.r3mes.cache.spi.LocalStore;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.TagIndex;
import io.r3mes.cache.spi.ValueCodec;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** One node of the cluster through its lives: an engine, its connections and its clock. */
final class SimNode {

    private final World world;
    private final int number;
    private final double rate;
    private int lives;
    private Life life;
    private CacheEngine engine;
    private Wire wire;
    private Wire.Connection reading;

    SimNode(World world, int number) {
        this.world = world;
        this.number = number;
        double drift = world.scenario().machines().drift();
        this.rate = 1 + drift * (2 * world.loop().random().nextDouble() - 1);
        start();
    }

    Life life() {
        return life;
    }

    CacheEngine engine() {
        return engine;
    }

    Wire wire() {
        return wire;
    }

    /** Loses the connection that brings the events of the log, and no other. */
    void cutLog(long until) {
        reading.cut(until);
    }

    Cache<String, Long> cache(int key) {
        return engine.cache(Database.cache(key), Long.class);
    }

    void crash() {
        life.end();
    }

    /** A new life with nothing remembered of the last one. */
    void start() {
        SimLoop loop = world.loop();
        life = new Life("node " + number + "." + lives++);
        wire = new Wire(loop, world.scenario().network(), life);
        Wire.Connection values = new Wire.Connection(world.values(), 0);
        Wire.Connection log = world.scenario().oneServer() ? values : new Wire.Connection(world.log(), 0);
        reading = new Wire.Connection(world.log(), world.scenario().network().logLag());
        SimPorts ports = new SimPorts(wire, values, log, reading);
        Environment environment = environment(loop, life);
        Mutation.Site site = new Mutation.Site(world, life, ports);
        Mutation mutation = world.mutation();
        engine = new CacheEngine(new EngineConfig(
                world.scenario().policies(),
                new EngineConfig.Ports(
                        mutation.store(site, ports.port(RemoteStore.class)),
                        domain -> new EngineConfig.DomainPorts(
                                mutation.log(site, ports.port(InvalidationLog.class)), ports.port(TagIndex.class)),
                        policy -> mutation.local(site, new Local())),
                new EngineConfig.Values(new Numbers(), null),
                environment,
                new EngineConfig.Figures(new SimObserver(loop, world.history(), this), null),
                mutation.coherence(world.scenario().coherence()),
                () -> {}));
    }

    private Environment environment(SimLoop loop, Life mine) {
        double lazy = world.scenario().machines().lazy();
        return new Environment(
                () -> 1_000_000_000L * (number + 1) + (long) (loop.now() * rate),
                (delay, task) -> loop.after((long) (delay.toNanos() / rate), mine, task),
                task -> loop.after(
                        loop.chance(lazy)
                                ? loop.between(100 * SimLoop.MICRO, 20 * SimLoop.MILLI)
                                : loop.between(0, 20 * SimLoop.MICRO),
                        mine,
                        task),
                loop.random());
    }

    /** A near cache without surprises of its own. */
    private static final class Local implements LocalStore {

        private final Map<Object, LocalEntry> entries = new HashMap<>();

        @Override
        public LocalEntry get(Object id, long now) {
            LocalEntry entry = entries.get(id);
            return entry == null || entry.expiresAtNanos() - now <= 0 ? null : entry;
        }

        @Override
        public void put(Object id, LocalEntry entry, long now) {
            entries.put(id, entry);
        }

        @Override
        public void remove(Object id, LocalEntry entry) {
            entries.remove(id, entry);
        }

        @Override
        public void clear() {
            entries.clear();
        }

        @Override
        public long size() {
            return entries.size();
        }
    }

    /** Values are numbers of eight bytes. */
    private static final class Numbers implements ValueCodec {

        @Override
        public byte[] encode(Object value, Type type) {
            return ByteBuffer.allocate(Long.BYTES).putLong((Long) value).array();
        }

        @Override
        public Object decode(byte[] bytes, int offset, int length, Type type) {
            return ByteBuffer.wrap(bytes, offset, length).getLong();
        }
    }
}
