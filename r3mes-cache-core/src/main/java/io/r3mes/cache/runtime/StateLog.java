package io.r3mes.cache.runtime;

import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Event;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs when the node's state changes: once when it begins, or ceases, to distrust its near cache, and on a gap. */
final class StateLog implements CacheObserver {

    /** Says nothing; a cache's reads are counted, not logged. */
    static final OfCache SILENT = new Silent();

    private static final Logger LOG = LoggerFactory.getLogger("io.r3mes.cache");

    private static final String LATE = "no beat was answered in time";

    private volatile String lastCause = LATE;

    @Override
    public OfCache cache(String name, LongSupplier localEntries) {
        return SILENT;
    }

    @Override
    public void unavailable(String operation, Throwable cause) {
        lastCause = operation + ": " + cause;
        LOG.debug("Redis did not acknowledge {}", operation, cause);
    }

    @Override
    public void invalidated(Event event) {
        LOG.trace("Invalidated {}", event);
    }

    @Override
    public void fenced(boolean fenced) {
        if (fenced) {
            LOG.warn(
                    "The near cache is off until the invalidation log can be followed again ({}); reads go to Redis or"
                            + " the loaders",
                    lastCause);
        } else {
            lastCause = LATE;
            LOG.info("The invalidation log is followed; the near cache is on");
        }
    }

    @Override
    public void discontinuity(String reason) {
        LOG.warn("The near cache was dropped: {}", reason);
    }

    @Override
    public void replayed(int invalidations, Duration took) {
        LOG.warn(
                "Another Redis server took over; {} invalidations that it had lost, or may have, were sent again within"
                        + " {} ms",
                invalidations,
                took.toMillis());
    }

    private static final class Silent implements OfCache {

        @Override
        public void localHit(String key, long startedAtNanos) {}

        @Override
        public void remoteHit(String key, long startedAtNanos) {}

        @Override
        public void miss(String key, long startedAtNanos) {}

        @Override
        public void joined(String key) {}

        @Override
        public void loaded(String key, long startedAtNanos, boolean succeeded) {}

        @Override
        public void unreadable(String key, Throwable cause) {}

        @Override
        public void unavailable(String operation, Throwable cause) {}
    }
}
