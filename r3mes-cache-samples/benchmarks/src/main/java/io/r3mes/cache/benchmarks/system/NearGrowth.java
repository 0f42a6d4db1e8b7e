package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Suite;
import io.r3mes.cache.benchmarks.fixture.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** How near hits change with the number of entries and of threads. */
public final class NearGrowth implements Suite {

    private static final int FEW = 1_000;
    private static final int MOST = 10_000_000;
    /** Heap of an entry here, in Caffeine and its id, generously. */
    private static final int BYTES_EACH = 900;

    @Override
    public String name() {
        return "near-growth";
    }

    @Override
    public List<Row> measure(Plan plan) throws Exception {
        List<Integer> sizes = new ArrayList<>();
        for (int entries = FEW; entries <= plan.keys(MOST); entries *= 10) {
            sizes.add(entries);
        }
        long room = Runtime.getRuntime().maxMemory() / BYTES_EACH;
        sizes.removeIf(entries -> entries > room);
        try (Arena arena = new Arena();
                Curve curve = new Curve()) {
            CacheManager node =
                    arena.node(sizes.stream().map(NearGrowth::policy).toArray(CachePolicy[]::new));
            for (int entries : sizes) {
                Near near = near(node, entries);
                curve.add(near.point("near hit, %,d entries".formatted(entries), 1));
            }
            Near few = near(node, FEW);
            for (int threads : List.of(1, 2, 4, 8, 16, 32, 64)) {
                curve.add(few.point("near hits, " + threads + (threads == 1 ? " thread" : " threads"), threads));
            }
            return curve.measure(plan);
        }
    }

    private static Near near(CacheManager node, int entries) throws Exception {
        return new Near(
                node,
                "profiles-" + entries,
                IntStream.range(0, entries).mapToObj(Profile::wallet).toList());
    }

    private static CachePolicy policy(int entries) {
        return CachePolicy.of("profiles-" + entries, "profile-" + entries + ":{wallet}")
                .withTtl(Arena.TTL)
                .withLocal(new CachePolicy.Local(true, 2 * entries, Arena.TTL));
    }
}
