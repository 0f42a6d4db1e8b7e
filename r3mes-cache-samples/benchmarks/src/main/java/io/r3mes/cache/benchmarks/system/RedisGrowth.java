package io.r3mes.cache.benchmarks.system;

import com.sun.management.OperatingSystemMXBean;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Loader;
import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Suite;
import io.r3mes.cache.benchmarks.Target;
import io.r3mes.cache.benchmarks.fixture.Profile;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How Redis hits and misses change with the number of keys that are read, of one full database, of threads and of tags. */
public final class RedisGrowth implements Suite {

    private static final int FEW = 1_000;
    private static final int MOST = 10_000_000;
    /** Of a key in Redis, the cache's and the floor's, and of its name in this JVM, generously. */
    private static final int BYTES_EACH = 1_500;

    private static final int USUAL_THREADS = 16;
    private static final List<Integer> TAGS = List.of(1, 2, 4, 8, 16);
    private static final Loader<String, Profile, IllegalStateException> NEVER = (wallet, context) -> {
        throw new IllegalStateException("Not in Redis: " + wallet);
    };
    private static final Loader<String, Profile, RuntimeException> LOADER = (wallet, context) -> Profile.of(wallet);

    @Override
    public String name() {
        return "redis-growth";
    }

    @Override
    public List<Row> measure(Plan plan) throws Exception {
        List<Row> rows = new ArrayList<>(byKeys(plan));
        rows.addAll(byThreads(plan));
        rows.addAll(byTags(plan));
        return rows;
    }

    private static List<Row> byKeys(Plan plan) throws Exception {
        long room =
                ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getFreeMemorySize() / BYTES_EACH;
        int most = FEW;
        while (most * 10L <= Math.min(plan.keys(MOST), room)) {
            most *= 10;
        }
        try (Arena arena = new Arena();
                Curve curve = new Curve()) {
            Cache<String, Profile> cache = arena.cache(Arena.FAR.withTags());
            List<String> wallets =
                    IntStream.range(0, most).mapToObj(Profile::wallet).toList();
            for (int keys = FEW, filled = 0; keys <= most; filled = keys, keys *= 10) {
                fill(arena, cache, wallets.subList(filled, keys));
            }
            for (int keys = FEW; keys <= most; keys *= 10) {
                curve.add(hits(
                        "Redis hit, %,d of %,d keys".formatted(keys, most),
                        USUAL_THREADS,
                        arena,
                        cache,
                        wallets.subList(0, keys)));
            }
            return curve.measure(plan);
        }
    }

    private static List<Row> byThreads(Plan plan) throws Exception {
        try (Arena arena = new Arena();
                Curve curve = new Curve()) {
            Cache<String, Profile> cache = arena.cache(Arena.FAR);
            List<String> wallets = few();
            fill(arena, cache, wallets);
            for (int threads : List.of(1, 2, 4, 8, 16, 32, 64)) {
                String path = "Redis hits, " + threads + (threads == 1 ? " thread" : " threads");
                curve.add(hits(path, threads, arena, cache, wallets));
            }
            return curve.measure(plan);
        }
    }

    private static List<Row> byTags(Plan plan) throws Exception {
        try (Arena arena = new Arena();
                Curve curve = new Curve()) {
            var node = arena.node(Stream.concat(Stream.of(0), TAGS.stream())
                    .map(RedisGrowth::policy)
                    .toArray(CachePolicy[]::new));
            List<String> wallets = few();
            AtomicInteger last = new AtomicInteger(FEW);
            for (int tags : TAGS) {
                Cache<String, Profile> cache = node.cache("tags-" + tags, Profile.class);
                fill(arena, cache, wallets);
                curve.add(hits("Redis hit, " + tags + " tags, 16 threads", USUAL_THREADS, arena, cache, wallets));
            }
            for (int tags : TAGS) {
                Cache<String, Profile> cache = node.cache("tags-" + tags, Profile.class);
                String path = "miss, load and store, " + tags + " tags that name the entry, 16 threads";
                curve.add(misses(path, arena, () -> cache.get(Profile.wallet(last.incrementAndGet()), LOADER), last));
            }
            Cache<String, Profile> untagged = node.cache("tags-0", Profile.class);
            for (int tags : TAGS) {
                var loader = SharedTags.adding(tags);
                String path = "miss, load and store, " + tags + " tags that entries share, 16 threads";
                curve.add(
                        misses(path, arena, () -> untagged.get(Profile.wallet(last.incrementAndGet()), loader), last));
            }
            return curve.measure(plan);
        }
    }

    private static List<String> few() {
        return IntStream.range(0, FEW).mapToObj(Profile::wallet).toList();
    }

    private static CachePolicy policy(int tags) {
        return CachePolicy.of("tags-" + tags, tags + "-tags:{wallet}")
                .withTags(IntStream.range(0, tags)
                        .mapToObj(tag -> "tag" + tag + ":{wallet}")
                        .toArray(String[]::new))
                .withTtl(Arena.TTL)
                .withLocal(CachePolicy.Local.OFF);
    }

    private static void fill(Arena arena, Cache<String, Profile> cache, List<String> wallets) throws Exception {
        arena.bare().setAll(wallets);
        Filling.quickly(cache, wallets, Profile::of);
    }

    private static Curve.Point hits(
            String path, int threads, Arena arena, Cache<String, Profile> cache, List<String> wallets) {
        return new Curve.Point(
                threads,
                () -> {
                    if (arena.bare().get(any(wallets)) == null) {
                        throw new IllegalStateException("Not in Redis");
                    }
                },
                () -> cache.get(any(wallets), NEVER),
                rates -> rates.speed(path, "calls/s", Target.none()));
    }

    private static Curve.Point misses(String path, Arena arena, Throughput.Work ours, AtomicInteger last) {
        return new Curve.Point(
                USUAL_THREADS,
                () -> {
                    String wallet = Profile.wallet(last.incrementAndGet());
                    if (arena.bare().get(wallet) == null) {
                        arena.bare().set(wallet, Profile.of(wallet));
                    }
                },
                ours,
                rates -> rates.speed(path, "calls/s", Target.none()));
    }

    private static String any(List<String> wallets) {
        return wallets.get(ThreadLocalRandom.current().nextInt(wallets.size()));
    }
}
