package io.r3mes.cache.redis;

import io.r3mes.cache.memory.MemoryServer;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.TagIndex;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.awaitility.Awaitility;

/** One of two servers that are compared, and the names that its positions and random ids go by. */
abstract class ModelSide {

    private final List<Object> positions = new ArrayList<>();
    private final List<Object> ids = new ArrayList<>();

    abstract RemoteStore store();

    abstract InvalidationLog log();

    abstract TagIndex tags();

    abstract void loseMetadata();

    abstract void loseStamp(String tag);

    abstract void loseNodes();

    abstract void loseEntries();

    abstract void trim();

    /** Returns once a value or lease that was given a life of {@link ModelOperations#SHORT} is gone. */
    abstract void outlive(String key, boolean lease);

    static ModelSide of(MemoryServer server, Clock clock) {
        return new Memory(server, clock);
    }

    static ModelSide of(RedisPorts ports) {
        return new Redis(ports);
    }

    /** A clock that only a test moves. */
    static final class Clock implements LongSupplier {

        private long micros = 1_700_000_000_000_000L;

        void advance(Duration by) {
            micros += by.toNanos() / 1_000;
        }

        @Override
        public long getAsLong() {
            return micros;
        }
    }

    /** How many positions have been handed out. */
    int positions() {
        return positions.size();
    }

    /** The name of a position: the same one on both sides for what was handed out by the same operation. */
    String position(long position) {
        return position == 0 ? "none" : "position " + named(positions, position);
    }

    /** The position that goes by a number, and 0 before the first one. */
    long position(int number) {
        return number < 0 ? 0 : (Long) positions.get(number);
    }

    String id(Object id) {
        return id.equals("") ? "none" : "id " + named(ids, id);
    }

    private static int named(List<Object> known, Object value) {
        int number = known.indexOf(value);
        if (number < 0) {
            known.add(value);
            number = known.size() - 1;
        }
        return number;
    }

    private static final class Memory extends ModelSide {

        private final MemoryServer server;
        private final Clock clock;

        Memory(MemoryServer server, Clock clock) {
            this.server = server;
            this.clock = clock;
        }

        @Override
        RemoteStore store() {
            return server.store();
        }

        @Override
        InvalidationLog log() {
            return server.log();
        }

        @Override
        TagIndex tags() {
            return server.tags();
        }

        @Override
        void loseMetadata() {
            server.loseMetadata();
        }

        @Override
        void loseStamp(String tag) {
            server.loseStamp(tag);
        }

        @Override
        void loseNodes() {
            server.loseNodes();
        }

        @Override
        void loseEntries() {
            server.loseEntries();
        }

        @Override
        void trim() {
            server.trim();
        }

        @Override
        void outlive(String key, boolean lease) {
            clock.advance(ModelOperations.SHORT);
        }
    }

    private static final class Redis extends ModelSide {

        private final RedisPorts ports;

        Redis(RedisPorts ports) {
            this.ports = ports;
        }

        @Override
        RemoteStore store() {
            return ports.store();
        }

        @Override
        InvalidationLog log() {
            return ports.log();
        }

        @Override
        TagIndex tags() {
            return ports.tags();
        }

        @Override
        void loseMetadata() {
            ports.loseMetadata();
        }

        @Override
        void loseStamp(String tag) {
            ports.loseStamp(tag);
        }

        @Override
        void loseNodes() {
            ports.loseNodes();
        }

        @Override
        void loseEntries() {
            ports.redis(commands -> commands.del(ports.keys().log()));
        }

        @Override
        void trim() {
            ports.redis(commands -> commands.xtrim(ports.keys().log(), 1));
        }

        @Override
        void outlive(String key, boolean lease) {
            String name = lease ? ports.keys().lease(key) : ports.keys().value(key);
            Awaitility.await()
                    .pollInSameThread()
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> ports.redis(commands -> commands.exists(name)) == 0);
        }
    }
}
