package io.r3mes.cache.metrics;

import io.r3mes.cache.CacheMetrics;
import io.r3mes.cache.CacheStats;
import io.r3mes.cache.KeyCount;
import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Event;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** Counts what the engine observes and answers {@link CacheMetrics} from it. Thread-safe. */
public final class RecordingMetrics implements CacheObserver, CacheMetrics {

    private final ConcurrentMap<String, CacheFigures> caches = new ConcurrentHashMap<>();
    private final Counters<NodeFigure> node = new Counters<>(NodeFigure.class);
    private final HotKeys hitKeys = new HotKeys();
    private final HotKeys missKeys = new HotKeys();
    private final LongSupplier clock;
    private final IntSupplier random;

    /**
     * @param cacheNames the caches known from the start; {@link #cache} adds others
     * @param nanoClock the clock of the engine
     * @param random picks the samples, on the path of every read: random in all 32 bits, thread-safe and quick
     */
    public RecordingMetrics(Collection<String> cacheNames, LongSupplier nanoClock, IntSupplier random) {
        this.clock = nanoClock;
        this.random = random;
        cacheNames.forEach(this::figures);
    }

    /**
     * Moves the sliding window and the sampling of keys on. Reads and readers of the figures do that in passing; calling it
     * about once a second keeps the figures exact when neither comes for a while.
     */
    public void tick() {
        long now = clock.getAsLong();
        caches.values().forEach(figures -> figures.tick(now));
    }

    @Override
    public OfCache cache(String name, LongSupplier localEntries) {
        CacheFigures figures = figures(name);
        figures.addLocalEntries(localEntries);
        return figures;
    }

    private CacheFigures figures(String name) {
        return caches.computeIfAbsent(
                name,
                cache -> new CacheFigures(
                        clock, random, new KeySampler(cache, hitKeys, clock), new KeySampler(cache, missKeys, clock)));
    }

    @Override
    public void unavailable(String operation, Throwable cause) {
        node.count(NodeFigure.UNAVAILABLE);
    }

    @Override
    public void invalidated(Event event) {
        if (event instanceof Event.Keys) {
            node.count(NodeFigure.INVALIDATED_KEYS);
        } else if (event instanceof Event.Tags) {
            node.count(NodeFigure.INVALIDATED_TAGS);
        } else if (event instanceof Event.Pattern) {
            node.count(NodeFigure.INVALIDATED_PATTERNS);
        } else if (event instanceof Event.All) {
            node.count(NodeFigure.INVALIDATED_ALL);
        } else if (event instanceof Event.Cleared cleared) {
            node.count(NodeFigure.INVALIDATED_CACHES);
            figures(cleared.cache()).cleared();
        }
    }

    @Override
    public void fenced(boolean fenced) {
        if (fenced) {
            node.count(NodeFigure.FENCED);
        }
    }

    @Override
    public void discontinuity(String reason) {
        node.count(NodeFigure.DISCONTINUITIES);
    }

    @Override
    public void replayed(int invalidations, Duration took) {
        node.add(NodeFigure.REPLAYED, invalidations);
    }

    @Override
    public CacheStats stats() {
        long now = clock.getAsLong();
        tick();
        CacheFigures.Pace pace = new CacheFigures.Pace(
                sumOfDoubles(CacheFigures::nanos),
                sumOfDoubles(figures -> figures.requestsPerSecond(now)),
                sum(CacheFigures::localEntries));
        return CacheFigures.stats(allReads(), allLoads(), pace);
    }

    private CacheStats.Reads allReads() {
        List<CacheStats.Reads> all =
                caches.values().stream().map(CacheFigures::reads).toList();
        return new CacheStats.Reads(
                total(all, CacheStats.Reads::localHits),
                total(all, CacheStats.Reads::remoteHits),
                total(all, CacheStats.Reads::misses));
    }

    private CacheStats.Loads allLoads() {
        List<CacheStats.Loads> all =
                caches.values().stream().map(CacheFigures::loads).toList();
        return new CacheStats.Loads(
                total(all, CacheStats.Loads::loads),
                total(all, CacheStats.Loads::failures),
                total(all, CacheStats.Loads::joined),
                total(all, CacheStats.Loads::unreadable),
                total(all, CacheStats.Loads::unavailable) + node.sinceReset(NodeFigure.UNAVAILABLE),
                invalidations(),
                total(all, CacheStats.Loads::stale));
    }

    private long invalidations() {
        return node.sinceReset(NodeFigure.INVALIDATED_KEYS)
                + node.sinceReset(NodeFigure.INVALIDATED_TAGS)
                + node.sinceReset(NodeFigure.INVALIDATED_PATTERNS)
                + node.sinceReset(NodeFigure.INVALIDATED_CACHES)
                + node.sinceReset(NodeFigure.INVALIDATED_ALL);
    }

    @Override
    public CacheStats stats(String cache) {
        CacheFigures figures = caches.get(cache);
        if (figures == null) {
            throw new IllegalArgumentException("No cache is named '" + cache + "'. There are: "
                    + String.join(", ", names().stream().sorted().toList()) + ".");
        }
        long now = clock.getAsLong();
        figures.tick(now);
        return figures.stats(now);
    }

    @Override
    public List<KeyCount> topHitKeys(int limit) {
        return hitKeys.top(limit);
    }

    @Override
    public List<KeyCount> topMissKeys(int limit) {
        return missKeys.top(limit);
    }

    @Override
    public void reset() {
        long now = clock.getAsLong();
        caches.values().forEach(figures -> figures.reset(now));
        node.reset();
        hitKeys.reset();
        missKeys.reset();
    }

    Set<String> names() {
        return caches.keySet();
    }

    CacheFigures of(String cache) {
        return figures(cache);
    }

    long total(NodeFigure figure) {
        return node.total(figure);
    }

    /** Keys left out of the top keys because two threads met there. */
    long droppedKeys() {
        return hitKeys.dropped() + missKeys.dropped();
    }

    private long sum(ToLongFunction<CacheFigures> figure) {
        return caches.values().stream().mapToLong(figure).sum();
    }

    private double sumOfDoubles(ToDoubleFunction<CacheFigures> figure) {
        return caches.values().stream().mapToDouble(figure).sum();
    }

    private static <T> long total(List<T> all, ToLongFunction<T> figure) {
        return all.stream().mapToLong(figure).sum();
    }
}
