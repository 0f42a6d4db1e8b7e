package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.BulkLoader;
import io.r3mes.cache.Cache;
import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Suite;
import io.r3mes.cache.benchmarks.Target;
import io.r3mes.cache.benchmarks.fixture.Profile;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** Reads of a hundred ids in one call, all in Redis. */
public final class BulkReads implements Suite {

    private static final int KEYS = 10_000;
    private static final int EACH = 100;
    private static final BulkLoader<String, Profile, IllegalStateException> NEVER = wallets -> {
        throw new IllegalStateException("Not in Redis: " + wallets);
    };

    @Override
    public String name() {
        return "bulk";
    }

    @Override
    public List<Row> measure(Plan plan) throws Exception {
        try (Arena arena = new Arena();
                Throughput throughput = new Throughput(1)) {
            List<String> wallets =
                    IntStream.range(0, KEYS).mapToObj(Profile::wallet).toList();
            Cache<String, Profile> cache = arena.cache(Arena.FAR);
            arena.bare().setAll(wallets);
            Filling.byGetAll(cache, wallets);
            Throughput.Rates rates = throughput.compare(
                    plan, () -> arena.bare().getAll(some(wallets)), () -> cache.getAll(some(wallets), NEVER));
            return List.of(
                    rates.times(EACH).speed("getAll of 100 from Redis", "keys/s", Target.ratioAtLeast(0.8)),
                    rates.times(EACH).bytes("getAll of 100 from Redis, each key", Target.none()));
        }
    }

    private static List<String> some(List<String> wallets) {
        int from = ThreadLocalRandom.current().nextInt(wallets.size() - EACH);
        return wallets.subList(from, from + EACH);
    }
}
