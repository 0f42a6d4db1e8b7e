package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.Cache;
import io.r3mes.cache.benchmarks.Figure;
import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Suite;
import io.r3mes.cache.benchmarks.Target;
import io.r3mes.cache.benchmarks.fixture.Profile;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads of ids that nobody has read before, with a loader that takes no time. */
public final class Misses implements Suite {

    private static final int THREADS = 16;
    private static final int CALLS_COUNTED = 300 * THREADS;

    @Override
    public String name() {
        return "misses";
    }

    @Override
    public List<Row> measure(Plan plan) throws Exception {
        try (Arena arena = new Arena();
                Throughput throughput = new Throughput(THREADS)) {
            Reads reads = new Reads(arena, arena.cache(Arena.FAR), new AtomicInteger());
            Throughput.Rates rates = throughput.compare(plan, reads::floor, reads::ours);
            Throughput.Rates shared = throughput.compare(plan, reads::floor, reads::oursWithSharedTag);
            return List.of(
                    rates.speed("miss, load and store, 16 threads", "calls/s", Target.ratioAtLeast(0.6)),
                    rates.bytes("miss, load and store, 16 threads", Target.none()),
                    shared.speed("miss, load and store, with a tag that entries share", "calls/s", Target.none()),
                    new Row(
                            "miss, load and store",
                            "commands",
                            new Figure("Lettuce", reads.commands(throughput, reads::floor)),
                            new Figure("r3mes-cache", reads.commands(throughput, reads::ours)),
                            Target.atMost(5)));
        }
    }

    /** Reads, each of the next id. */
    private record Reads(Arena arena, Cache<String, Profile> cache, AtomicInteger last) {

        void floor() {
            String wallet = next();
            if (arena.bare().get(wallet) == null) {
                arena.bare().set(wallet, Profile.of(wallet));
            }
        }

        void ours() {
            cache.get(next(), (wallet, context) -> Profile.of(wallet));
        }

        void oursWithSharedTag() {
            cache.get(next(), SharedTags.adding(1));
        }

        private String next() {
            return Profile.wallet(last.incrementAndGet());
        }

        double commands(Throughput throughput, Throughput.Work read) throws Exception {
            return ReceivedCommands.perCall(arena.redis(), CALLS_COUNTED, () -> throughput.times(CALLS_COUNTED, read));
        }
    }
}
