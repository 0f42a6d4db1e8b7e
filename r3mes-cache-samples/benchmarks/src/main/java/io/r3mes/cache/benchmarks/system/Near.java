package io.r3mes.cache.benchmarks.system;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CacheMetrics;
import io.r3mes.cache.CacheStats;
import io.r3mes.cache.Loader;
import io.r3mes.cache.benchmarks.Figure;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Target;
import io.r3mes.cache.benchmarks.fixture.Profile;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The same entries in a near cache and in bare Caffeine, all of one value. */
final class Near {

    static final Profile PROFILE = Profile.of("one");

    /** Hits of one call of the work, so that the call itself does not count. */
    private static final int HITS = 1_000;

    private static final Loader<String, Profile, IllegalStateException> NEVER = (wallet, context) -> {
        throw new IllegalStateException("Not near: " + wallet);
    };

    private final String[] wallets;
    private final Cache<String, Profile> cache;
    private final com.github.benmanes.caffeine.cache.Cache<String, Profile> caffeine;

    private final CacheMetrics metrics;
    private final CacheStats.Reads before;

    Near(CacheManager node, String name, List<String> wallets) throws Exception {
        this.cache = node.cache(name, Profile.class);
        this.metrics = node.metrics();
        this.wallets = wallets.toArray(String[]::new);
        caffeine = Caffeine.newBuilder()
                .maximumSize(2L * wallets.size())
                .expireAfterWrite(Arena.TTL)
                .build();
        wallets.forEach(wallet -> caffeine.put(wallet, PROFILE));
        Filling.quickly(cache, wallets, wallet -> PROFILE);
        before = reads();
    }

    Curve.Point point(String path, int threads) {
        return point(path, threads, () -> {}, List::of);
    }

    /**
     * @param first what is needed before each turn
     * @param beside figures to show with the result
     */
    Curve.Point point(String path, int threads, Throughput.Work first, Supplier<List<Figure>> beside) {
        return new Curve.Point(
                threads,
                first,
                () -> each(caffeine::getIfPresent),
                () -> each(wallet -> cache.get(wallet, NEVER)),
                rates -> row(path, rates.times(HITS), beside.get()));
    }

    private Row row(String path, Throughput.Rates rates, List<Figure> beside) {
        requireNearHits(path);
        return new Row(
                path,
                "million/s",
                new Figure("Caffeine", rates.floor().perSecond() / 1e6),
                new Figure("r3mes-cache", rates.ours().perSecond() / 1e6),
                Target.none(),
                beside);
    }

    /** Who does not find an entry near finds it in Redis, which would be another thing to measure. */
    private void requireNearHits(String path) {
        CacheStats.Reads now = reads();
        long near = now.localHits() - before.localHits();
        long others = now.remoteHits() - before.remoteHits() + now.misses() - before.misses();
        if (others * 1_000 > near) {
            throw new IllegalStateException(path + ": " + others + " reads beside " + near + " near hits");
        }
    }

    private CacheStats.Reads reads() {
        return metrics.stats(cache.name()).reads();
    }

    /** One way to a value. */
    private interface Read {
        @Nullable Profile of(String wallet);
    }

    private void each(Read read) {
        int at = (int) ((System.nanoTime() & Integer.MAX_VALUE) % wallets.length);
        for (int i = 0; i < HITS; i++) {
            if (read.of(wallets[at]) == null) {
                throw new IllegalStateException("Not there");
            }
            at = (at + 7_919) % wallets.length;
        }
    }
}
