package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.Cache;
import io.r3mes.cache.Loader;
import io.r3mes.cache.benchmarks.Figure;
import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Suite;
import io.r3mes.cache.benchmarks.Target;
import io.r3mes.cache.benchmarks.fixture.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** Hits that Redis answers, by threads that wait for them: time, allocation and commands. */
public final class RemoteHits implements Suite {

    private static final int KEYS = 1_000;
    private static final int HOT_KEYS = 4;
    private static final List<Integer> THREADS = List.of(1, 16, 64);
    private static final int CALLS_COUNTED = 5_000;
    private static final Loader<String, Profile, IllegalStateException> NEVER = (wallet, context) -> {
        throw new IllegalStateException("Not in Redis: " + wallet);
    };

    @Override
    public String name() {
        return "remote-hits";
    }

    @Override
    public List<Row> measure(Plan plan) throws Exception {
        try (Arena arena = new Arena()) {
            List<String> wallets =
                    IntStream.range(0, KEYS).mapToObj(Profile::wallet).toList();
            Cache<String, Profile> cache = arena.cache(Arena.FAR);
            for (String wallet : wallets) {
                arena.bare().set(wallet, Profile.of(wallet));
                cache.get(wallet, (missing, context) -> Profile.of(missing));
            }
            Reads reads = new Reads(arena, cache, wallets);
            List<Row> rows = new ArrayList<>();
            for (int threads : THREADS) {
                String path = "Redis hit, " + threads + (threads == 1 ? " thread" : " threads");
                Throughput.Rates rates = reads.compare(plan, threads);
                rows.add(rates.speed(path, "calls/s", Target.ratioAtLeast(0.95)));
                rows.add(rates.bytes(path, Target.ratioAtMost(1.1)));
            }
            rows.add(new Reads(arena, cache, wallets.subList(0, HOT_KEYS))
                    .compare(plan, 64)
                    .speed("Redis hit, 64 threads, " + HOT_KEYS + " keys", "calls/s", Target.ratioAtLeast(1)));
            rows.add(new Row(
                    "Redis hit",
                    "commands",
                    new Figure("Lettuce", reads.commands(reads::floor)),
                    new Figure("r3mes-cache", reads.commands(reads::ours)),
                    Target.atMost(1)));
            return rows;
        }
    }

    /** Reads of keys at random. */
    private record Reads(Arena arena, Cache<String, Profile> cache, List<String> wallets) {

        void floor() {
            if (arena.bare().get(any()) == null) {
                throw new IllegalStateException("Not in Redis");
            }
        }

        void ours() {
            cache.get(any(), NEVER);
        }

        private String any() {
            return wallets.get(ThreadLocalRandom.current().nextInt(wallets.size()));
        }

        Throughput.Rates compare(Plan plan, int threads) throws Exception {
            try (Throughput throughput = new Throughput(threads)) {
                return throughput.compare(plan, this::floor, this::ours);
            }
        }

        double commands(Throughput.Work read) throws Exception {
            return ReceivedCommands.perCall(arena.redis(), CALLS_COUNTED, () -> {
                for (int i = 0; i < CALLS_COUNTED; i++) {
                    read.run();
                }
            });
        }
    }
}
