package io.r3mes.cache.metrics;

import io.r3mes.cache.CacheStats;
import io.r3mes.cache.spi.CacheObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * The figures of one cache. A near-cache hit takes no lock; the first {@value #TIMED_AT_FIRST} and one in {@value
 * #TIMING_STRIDE} of the others, chosen at random, read the clock.
 */
final class CacheFigures implements CacheObserver.OfCache {

    static final int TIMING_STRIDE = 64;
    static final int TIMED_AT_FIRST = 64;

    private static final long SECOND = 1_000_000_000L;
    private static final int TIMING_BITS = Integer.numberOfTrailingZeros(TIMING_STRIDE);

    private final Counters<Figure> counters = new Counters<>(Figure.class);
    private final List<LongSupplier> localEntries = new CopyOnWriteArrayList<>();
    private final LongSupplier clock;
    private final IntSupplier random;
    private final KeySampler hitKeys;
    private final KeySampler missKeys;
    private final RequestRate rate;
    /** Near-cache hits still to be timed one by one. Racy: a lost update times one more. */
    private int timeEach = TIMED_AT_FIRST;

    private volatile long lastTick;

    CacheFigures(LongSupplier clock, IntSupplier random, KeySampler hitKeys, KeySampler missKeys) {
        this.clock = clock;
        this.random = random;
        this.hitKeys = hitKeys;
        this.missKeys = missKeys;
        this.lastTick = clock.getAsLong();
        this.rate = new RequestRate(lastTick);
    }

    @Override
    public void localHit(String key, long startedAtNanos) {
        counters.count(Figure.LOCAL_HITS);
        int chance = random.getAsInt();
        if (timeEach > 0) {
            timeEach--;
            timeLocalHit(1, startedAtNanos);
        } else if ((chance & (TIMING_STRIDE - 1)) == 0) {
            timeLocalHit(TIMING_STRIDE, startedAtNanos);
        }
        hitKeys.offer(key, chance >>> TIMING_BITS);
    }

    private void timeLocalHit(int weight, long startedAtNanos) {
        counters.add(Figure.LOCAL_TIMED, weight);
        counters.add(Figure.LOCAL_NANOS, weight * nanosSince(startedAtNanos));
    }

    @Override
    public void remoteHit(String key, long startedAtNanos) {
        counters.count(Figure.REMOTE_HITS);
        counters.add(Figure.REMOTE_NANOS, nanosSince(startedAtNanos));
        hitKeys.offer(key, random.getAsInt());
    }

    @Override
    public void miss(String key, long startedAtNanos) {
        counters.count(Figure.MISSES);
        counters.add(Figure.MISS_NANOS, nanosSince(startedAtNanos));
        missKeys.offer(key, random.getAsInt());
    }

    @Override
    public void joined(String key) {
        counters.count(Figure.JOINED);
    }

    @Override
    public void degradedHit(String key) {
        counters.count(Figure.DEGRADED_HITS);
    }

    @Override
    public void overLimit(String key) {
        counters.count(Figure.OVER_LIMIT);
    }

    @Override
    public void timedOut(String key) {
        counters.count(Figure.TIMED_OUT);
    }

    @Override
    public void stale(String key) {
        counters.count(Figure.STALE);
    }

    @Override
    public void loaded(String key, long startedAtNanos, boolean succeeded) {
        counters.count(succeeded ? Figure.LOADS : Figure.LOAD_FAILURES);
    }

    @Override
    public void unreadable(String key, Throwable cause) {
        counters.count(Figure.UNREADABLE);
    }

    @Override
    public void unavailable(String operation, Throwable cause) {
        counters.count(Figure.UNAVAILABLE);
    }

    void cleared() {
        counters.count(Figure.CLEARED);
    }

    void addLocalEntries(LongSupplier entries) {
        localEntries.add(entries);
    }

    void tick(long now) {
        lastTick = now;
        rate.tick(now, requests());
        hitKeys.tick(now);
        missKeys.tick(now);
    }

    void reset(long now) {
        counters.reset();
        timeEach = TIMED_AT_FIRST;
        rate.restart(now, requests());
    }

    /** Since start, resets notwithstanding. */
    long total(Figure figure) {
        return counters.total(figure);
    }

    CacheStats.Reads reads() {
        return new CacheStats.Reads(
                counters.sinceReset(Figure.LOCAL_HITS),
                counters.sinceReset(Figure.REMOTE_HITS),
                counters.sinceReset(Figure.MISSES));
    }

    CacheStats.Loads loads() {
        return new CacheStats.Loads(
                counters.sinceReset(Figure.LOADS),
                counters.sinceReset(Figure.LOAD_FAILURES),
                counters.sinceReset(Figure.JOINED),
                counters.sinceReset(Figure.UNREADABLE),
                counters.sinceReset(Figure.UNAVAILABLE),
                counters.sinceReset(Figure.CLEARED),
                counters.sinceReset(Figure.STALE));
    }

    /** The time that all reads took: that of remote hits and misses, and the mean near-cache hit times their number. */
    double nanos() {
        long timed = counters.sinceReset(Figure.LOCAL_TIMED);
        double meanLocal = timed == 0 ? 0 : (double) counters.sinceReset(Figure.LOCAL_NANOS) / timed;
        return meanLocal * counters.sinceReset(Figure.LOCAL_HITS)
                + counters.sinceReset(Figure.REMOTE_NANOS)
                + counters.sinceReset(Figure.MISS_NANOS);
    }

    double requestsPerSecond(long now) {
        return rate.perSecond(now, requests());
    }

    long localEntries() {
        return localEntries.stream().mapToLong(LongSupplier::getAsLong).sum();
    }

    CacheStats stats(long now) {
        return stats(reads(), loads(), new Pace(nanos(), requestsPerSecond(now), localEntries()));
    }

    static CacheStats stats(CacheStats.Reads reads, CacheStats.Loads loads, Pace pace) {
        long requests = reads.localHits() + reads.remoteHits() + reads.misses();
        Duration mean = requests == 0 ? Duration.ZERO : Duration.ofNanos(Math.round(pace.nanos / requests));
        return new CacheStats(reads, loads, mean, pace.requestsPerSecond, pace.localEntries);
    }

    private long requests() {
        return counters.total(Figure.LOCAL_HITS) + counters.total(Figure.REMOTE_HITS) + counters.total(Figure.MISSES);
    }

    private long nanosSince(long startedAtNanos) {
        long now = clock.getAsLong();
        if (now - lastTick >= SECOND) {
            tick(now);
        }
        return Math.max(0, now - startedAtNanos);
    }

    /** Figures of stats beside the counts. */
    record Pace(double nanos, double requestsPerSecond, long localEntries) {}
}
