package io.r3mes.cache.benchmarks.system;

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
import io.r3mes.cache.testing.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** How Redis hits, misses and invalidations change with the number of keys, threads, tags and nodes. */
public final class RedisGrowth implements Suite {

    private static final int FEW = 1_000;
    private static final int USUAL_THREADS = 16;
    private static final int INVALIDATIONS = 30;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration REST = Duration.ofSeconds(2);
    private static final Pattern CPU = Pattern.compile("used_cpu_(?:sys|user):([0-9.]+)");
    private static final Loader<String, Profile, RuntimeException> LOADER = (wallet, context) -> Profile.of(wallet);

    @Override
    public String name() {
        return "redis-growth";
    }

    @Override
    public List<Row> measure(Plan plan) throws Exception {
        List<Row> rows = new ArrayList<>();
        for (int keys = FEW; keys <= plan.keys(1_000_000); keys *= 10) {
            rows.add(hits(plan, "Redis hit, " + Row.number(keys) + " keys", keys, List.of(USUAL_THREADS))
                    .get(0));
        }
        rows.addAll(hits(plan, "Redis hit", FEW, List.of(1, 2, 4, 8, 16, 32, 64)));
        for (int tags : List.of(1, 2, 4, 8, 16)) {
            rows.add(misses(plan, tags));
        }
        for (int nodes : List.of(1, 2, 4, 8)) {
            rows.addAll(nodes(nodes));
        }
        return rows;
    }

    private static List<Row> hits(Plan plan, String path, int keys, List<Integer> threads) throws Exception {
        try (Arena arena = new Arena()) {
            List<String> wallets =
                    IntStream.range(0, keys).mapToObj(Profile::wallet).toList();
            Cache<String, Profile> cache = arena.cache(Arena.FAR);
            arena.bare().setAll(wallets);
            Filling.quickly(cache, wallets);
            List<Row> rows = new ArrayList<>();
            for (int count : threads) {
                try (Throughput throughput = new Throughput(plan.brief(), count)) {
                    rows.add(throughput
                            .compare(() -> arena.bare().get(any(wallets)), () -> cache.get(any(wallets), LOADER))
                            .speed(path + ", " + count + " threads", "calls/s", Target.none()));
                }
            }
            return rows;
        }
    }

    private static Row misses(Plan plan, int tags) throws Exception {
        CachePolicy policy = Arena.FAR.withTags(IntStream.range(0, tags)
                .mapToObj(tag -> "tag" + tag + ":{wallet}")
                .toArray(String[]::new));
        AtomicInteger last = new AtomicInteger();
        try (Arena arena = new Arena();
                Throughput throughput = new Throughput(plan.brief(), USUAL_THREADS)) {
            Cache<String, Profile> cache = arena.cache(policy);
            return throughput
                    .compare(
                            () -> {
                                String wallet = Profile.wallet(last.incrementAndGet());
                                arena.bare().get(wallet);
                                arena.bare().set(wallet, Profile.of(wallet));
                            },
                            () -> cache.get(Profile.wallet(last.incrementAndGet()), LOADER))
                    .speed("miss, load and store, " + tags + " tags, 16 threads", "calls/s", Target.none());
        }
    }

    /** Beside the time until all nodes have applied an invalidation, the time until it is acknowledged. */
    private static List<Row> nodes(int count) throws Exception {
        List<OtherJvm> others = new ArrayList<>();
        try (Arena arena = new Arena()) {
            CacheManager node = arena.node(Arena.NEAR);
            for (int i = 1; i < count; i++) {
                OtherJvm other = new OtherJvm(RestingNode.class, arena.redis().uri());
                others.add(other);
                other.answer();
            }
            double before = cpuSeconds(arena);
            LockSupport.parkNanos(REST.toNanos());
            double beats = (cpuSeconds(arena) - before) / REST.toSeconds() * 100;
            double[] acknowledged = new double[INVALIDATIONS];
            double[] everywhere = new double[INVALIDATIONS];
            for (int i = 0; i < INVALIDATIONS; i++) {
                long from = System.nanoTime();
                var receipt = node.invalidator().invalidateByTag("somebody");
                acknowledged[i] = (System.nanoTime() - from) / 1e6;
                if (!receipt.awaitEverywhere(PATIENCE)) {
                    throw new IllegalStateException("Not everywhere within " + PATIENCE);
                }
                everywhere[i] = (System.nanoTime() - from) / 1e6;
            }
            Figure floor = new Figure("acknowledged", new Numbers(acknowledged).percentile(50));
            return List.of(
                    new Row(
                            "invalidation known to be everywhere, " + count + " nodes",
                            "ms",
                            floor,
                            new Figure("everywhere", new Numbers(everywhere).percentile(50)),
                            Target.none()),
                    new Row(
                            "Redis at rest, " + count + " nodes",
                            "% of a core",
                            new Figure("one", 1),
                            new Figure("r3mes-cache", beats),
                            Target.none()));
        } finally {
            others.forEach(OtherJvm::close);
        }
    }

    private static double cpuSeconds(Arena arena) {
        Matcher found = CPU.matcher(RedisServers.command(arena.redis(), redis -> redis.info("cpu")));
        double seconds = 0;
        while (found.find()) {
            seconds += Double.parseDouble(found.group(1));
        }
        return seconds;
    }

    private static String any(List<String> wallets) {
        return wallets.get(ThreadLocalRandom.current().nextInt(wallets.size()));
    }
}
