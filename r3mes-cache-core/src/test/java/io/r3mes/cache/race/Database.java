package io.r3mes.cache.race;

import io.r3mes.cache.LoadContext;
import io.r3mes.cache.Loader;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The source of truth of a race: a version for each id, which only grows. */
final class Database {

    private final Map<String, Long> versions = new ConcurrentHashMap<>();
    private final Map<String, Long> loads = new ConcurrentHashMap<>();

    /** Commits the next version of an id and returns it. */
    long commit(String id) {
        return versions.merge(id, 1L, Long::sum);
    }

    long read(String id) {
        return versions.getOrDefault(id, 0L);
    }

    /** Reads what is committed at the moment of the load. */
    Loader<String, Long, RuntimeException> loader() {
        return (id, context) -> {
            loads.merge(id, 1L, Long::sum);
            return read(id);
        };
    }

    /** Reads first, then dawdles: announces that it has read, and returns when it is let go. */
    Dawdler dawdler() {
        return new Dawdler(this);
    }

    /** How often {@link #loader} has loaded an id. */
    long loads(String id) {
        return loads.getOrDefault(id, 0L);
    }

    /** A loader that holds an old value in hand while something else happens. */
    static final class Dawdler implements Loader<String, Long, RuntimeException> {

        private final Database database;
        private final Semaphore read = new Semaphore(0);
        private final Semaphore go = new Semaphore(0);

        private Dawdler(Database database) {
            this.database = database;
        }

        @Override
        public Long load(String id, LoadContext context) {
            long value = database.read(id);
            read.release();
            go.acquireUninterruptibly();
            return value;
        }

        /** Waits until the loader holds its value. */
        void awaitRead() {
            if (!acquired()) {
                throw new IllegalStateException("The loader is not asked");
            }
        }

        private boolean acquired() {
            try {
                return read.tryAcquire(60, TimeUnit.SECONDS);
            } catch (InterruptedException interrupt) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        boolean hasRead() {
            return read.availablePermits() > 0;
        }

        /** Lets the loader return its value, and every later load too. */
        void letGo() {
            go.release(1_000_000);
        }
    }
}
