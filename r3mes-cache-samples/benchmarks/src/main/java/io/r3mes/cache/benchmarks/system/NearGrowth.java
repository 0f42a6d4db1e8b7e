package io.r3mes.cache.benchmarks.system;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Loader;
import io.r3mes.cache.benchmarks.Figure;
import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Suite;
import io.r3mes.cache.benchmarks.Target;
import io.r3mes.cache.benchmarks.fixture.Profile;
import io.r3mes.cache.runtime.R3mesCache;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** How near hits change with the number of entries, threads, tags, and with invalidations of others that come meanwhile. */
public final class NearGrowth implements Suite {

    private static final Profile PROFILE = Profile.of("one");
    private static final Loader<String, Profile, RuntimeException> LOADER = (wallet, context) -> PROFILE;
    private static final int FEW = 1_000;
    /** Hits of one call of the work, so that the call itself does not count. */
    private static final int HITS = 1_000;

    @Override
    public String name() {
        return "near-growth";
    }

    @Override
    public List<Row> measure(Plan plan) throws Exception {
        List<Row> rows = new ArrayList<>();
        for (int entries = FEW; entries <= plan.keys(1_000_000); entries *= 10) {
            rows.add(row(plan, "near hit, " + Row.number(entries) + " entries", new Shape(entries, 1, 1, 0)));
        }
        for (int threads : List.of(2, 4, 8, 16, 32, 64)) {
            rows.add(row(plan, "near hit, " + threads + " threads", new Shape(FEW, threads, 1, 0)));
        }
        for (int tags : List.of(2, 4, 8, 16)) {
            rows.add(row(
                    plan, "near hit, " + tags + " tags, 1,000 invalidations a second", new Shape(FEW, 1, tags, 1_000)));
        }
        for (int rate : List.of(0, 100, 1_000, 10_000)) {
            rows.add(
                    row(plan, "near hit, " + Row.number(rate) + " invalidations a second", new Shape(FEW, 1, 1, rate)));
        }
        return rows;
    }

    /**
     * @param perSecond invalidations of tags that no entry has
     */
    private record Shape(int entries, int threads, int tags, int perSecond) {}

    private static Row row(Plan plan, String path, Shape shape) throws Exception {
        CachePolicy policy = CachePolicy.of("profiles", "profile:{wallet}")
                .withTags(IntStream.range(0, shape.tags())
                        .mapToObj(tag -> "tag" + tag + ":{wallet}")
                        .toArray(String[]::new))
                .withTtl(Arena.TTL)
                .withLocal(new CachePolicy.Local(true, 2 * shape.entries(), Arena.TTL));
        com.github.benmanes.caffeine.cache.Cache<String, Profile> caffeine = Caffeine.newBuilder()
                .maximumSize(2L * shape.entries())
                .expireAfterWrite(Arena.TTL)
                .build();
        ScheduledExecutorService invalidating = Executors.newSingleThreadScheduledExecutor();
        try (CacheManager node = R3mesCache.builder().caches(policy).inMemory().build();
                Throughput throughput = new Throughput(plan.brief(), shape.threads())) {
            Cache<String, Profile> cache = node.cache("profiles", Profile.class);
            String[] wallets = IntStream.range(0, shape.entries())
                    .mapToObj(Profile::wallet)
                    .toArray(String[]::new);
            for (String wallet : wallets) {
                cache.get(wallet, LOADER);
                caffeine.put(wallet, PROFILE);
            }
            for (int i = 0; i < shape.perSecond() / 100; i++) {
                invalidating.scheduleAtFixedRate(
                        () -> node.invalidator().invalidateByTagAsync("nobody"), 10, 10, TimeUnit.MILLISECONDS);
            }
            Throughput.Rates rates = throughput.compare(
                    () -> each(wallets, caffeine::getIfPresent),
                    () -> each(wallets, wallet -> cache.get(wallet, LOADER)));
            return new Row(
                    path,
                    "ns",
                    new Figure("Caffeine", nanos(rates.floor())),
                    new Figure("r3mes-cache", nanos(rates.ours())),
                    Target.none());
        } finally {
            invalidating.shutdownNow();
        }
    }

    private static double nanos(Throughput.Rate rate) {
        return 1e9 / (rate.perSecond() * HITS);
    }

    /** One way to a value. */
    private interface Read {
        @Nullable Profile of(String wallet);
    }

    private static void each(String[] wallets, Read read) {
        int at = (int) (System.nanoTime() & Integer.MAX_VALUE) % wallets.length;
        for (int i = 0; i < HITS; i++) {
            if (read.of(wallets[at]) == null) {
                throw new IllegalStateException("Not there");
            }
            at += 7_919;
            at = at < wallets.length ? at : at % wallets.length;
        }
    }
}
