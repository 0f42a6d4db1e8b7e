package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.benchmarks.Figure;
import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Suite;
import io.r3mes.cache.benchmarks.Target;
import io.r3mes.cache.benchmarks.fixture.Profile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What very many entries share becomes invalid: until the call has returned and reads of another node, of an entry that it
 * keeps near and of one that it does not, find nothing; and what another client waits for while the memory is freed.
 *
 * <p>Each kind has one chance, on a server of its own that starts with all entries; what it runs was run with few entries
 * before.
 */
public final class InvalidateMany implements Suite {

    static final String TAG = "everybody";
    static final CachePolicy POLICY = Arena.NEAR.withTags(TAG);

    private static final int ENTRIES = 1_000_000;
    private static final int FEW = 200;
    private static final int WARM_UPS = 20;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final Duration LONGEST_CALM = Duration.ofSeconds(10);

    @Override
    public String name() {
        return "invalidate-many";
    }

    @Override
    public List<Row> measure(Plan plan) throws Exception {
        Map<String, Function<CacheInvalidator, Invalidation>> kinds = new LinkedHashMap<>();
        kinds.put("tag", invalidator -> invalidator.invalidateByTag(TAG));
        kinds.put("pattern", invalidator -> invalidator.invalidateByPattern("profile:*"));
        kinds.put("cache", invalidator -> invalidator.invalidateCache(POLICY.name()));
        try (Arena arena = new Arena()) {
            Invalidating small = new Invalidating(arena, FEW);
            for (int i = 0; i < WARM_UPS; i++) {
                for (Function<CacheInvalidator, Invalidation> kind : kinds.values()) {
                    small.fill();
                    small.measure(kind, Duration.ZERO);
                }
            }
        }
        List<Row> rows = new ArrayList<>();
        int entries = plan.keys(ENTRIES);
        try (Snapshot snapshot = new Snapshot(entries)) {
            for (var kind : kinds.entrySet()) {
                try (Arena arena = snapshot.start()) {
                    Times times = new Invalidating(arena, entries).measure(kind.getValue(), calm(plan));
                    rows.addAll(times.rows("invalidate " + Row.number(entries) + " entries by " + kind.getKey()));
                }
            }
        }
        return rows;
    }

    private static Duration calm(Plan plan) {
        Duration calm = plan.round().multipliedBy(plan.rounds());
        return calm.compareTo(LONGEST_CALM) < 0 ? calm : LONGEST_CALM;
    }

    /**
     * Milliseconds.
     *
     * @param calm waits of another client before the invalidation
     * @param busy its waits while the memory is freed
     */
    private record Times(double acknowledged, double effective, Numbers calm, Numbers busy) {

        List<Row> rows(String path) {
            double calmP99 = calm.percentile(99);
            return List.of(
                    new Row(
                            path,
                            "ms",
                            new Figure("PING", calm.percentile(50)),
                            new Figure("r3mes-cache", effective),
                            Target.atMost(10),
                            List.of(new Figure("acknowledged", acknowledged))),
                    new Row(
                            path + ", p99 that another client waits longer meanwhile",
                            "ms",
                            new Figure("calm p99", calmP99),
                            new Figure("r3mes-cache", busy.percentile(99) - calmP99),
                            Target.atMost(3),
                            List.of(new Figure("p99 meanwhile", busy.percentile(99)))));
        }
    }

    /** Two nodes on a server that holds the entries, the first of which is kept near by the other node. */
    private static final class Invalidating {

        private final int entries;
        private final Probe probe;
        private final CacheManager node;
        private final Cache<String, Profile> own;
        private final CacheManager otherNode;
        private final Cache<String, Profile> other;

        Invalidating(Arena arena, int entries) {
            this.entries = entries;
            this.probe = new Probe(arena.bare());
            this.node = arena.node(POLICY);
            this.own = node.cache(POLICY.name(), Profile.class);
            this.otherNode = arena.node(POLICY);
            this.other = otherNode.cache(POLICY.name(), Profile.class);
        }

        void fill() {
            for (int i = 0; i < entries; i++) {
                own.get(Profile.wallet(i), (wallet, context) -> Profile.of(wallet));
            }
        }

        Times measure(Function<CacheInvalidator, Invalidation> kind, Duration calm) {
            String near = Profile.wallet(0);
            String far = Profile.wallet(entries - 1);
            if (!other.getIfPresent(near).isHit() || !own.getIfPresent(far).isHit()) {
                throw new IllegalStateException("The entries are not there");
            }
            node.invalidator().invalidateByTag("nobody");
            Numbers before = probe.waits(calm, () -> false);
            long from = System.nanoTime();
            Invalidation receipt = kind.apply(node.invalidator());
            long acknowledged = System.nanoTime() - from;
            boolean applied = otherNode.awaitApplied(receipt.position().orElseThrow(), LONGEST_WAIT);
            if (!applied
                    || other.getIfPresent(near).isHit()
                    || other.getIfPresent(far).isHit()) {
                throw new IllegalStateException("Still served");
            }
            long effective = System.nanoTime() - from;
            Numbers meanwhile = probe.waits(calm, receipt.removed()::isDone);
            return new Times(acknowledged / 1e6, effective / 1e6, before, meanwhile);
        }
    }
}
