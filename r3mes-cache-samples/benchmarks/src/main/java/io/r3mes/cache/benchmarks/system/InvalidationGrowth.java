package io.r3mes.cache.benchmarks.system;

import com.sun.management.OperatingSystemMXBean;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.benchmarks.Figure;
import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Suite;
import io.r3mes.cache.benchmarks.Target;
import io.r3mes.cache.benchmarks.fixture.Profile;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** What invalidations that another JVM sends, of tags that nothing here has, cost near hits, this node and Redis. */
public final class InvalidationGrowth implements Suite {

    private static final int ENTRIES = 1_000;
    private static final int USUAL_RATE = 1_000;
    private static final List<Integer> RATES = List.of(0, 100, 1_000, 10_000);
    private static final List<Integer> TAGS = List.of(1, 2, 4, 8, 16);
    private static final Duration SETTLING = Duration.ofMillis(100);
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    @Override
    public String name() {
        return "invalidation-growth";
    }

    @Override
    public List<Row> measure(Plan plan) throws Exception {
        List<String> wallets =
                IntStream.range(0, ENTRIES).mapToObj(Profile::wallet).toList();
        try (Arena arena = new Arena();
                Curve curve = new Curve();
                Sender sender = new Sender(arena.redis().uri())) {
            CacheManager node =
                    arena.node(TAGS.stream().map(InvalidationGrowth::policy).toArray(CachePolicy[]::new));
            List<Near> byTags = new ArrayList<>();
            for (int tags : TAGS) {
                byTags.add(new Near(node, "tags-" + tags, wallets));
            }
            for (int rate : RATES) {
                String path = "near hit, %,d invalidations a second".formatted(rate);
                curve.add(byTags.get(0).point(path, 1, () -> sender.pace(rate), () -> List.of(sender.reached(rate))));
            }
            for (int i = 0; i < TAGS.size(); i++) {
                String path = "near hit, %d tags, %,d invalidations a second".formatted(TAGS.get(i), USUAL_RATE);
                curve.add(byTags.get(i)
                        .point(path, 1, () -> sender.pace(USUAL_RATE), () -> List.of(sender.reached(USUAL_RATE))));
            }
            List<Row> rows = new ArrayList<>(curve.measure(plan));
            for (int rate : RATES) {
                rows.add(following(arena, sender, rate, plan.round()));
            }
            return rows;
        }
    }

    private static CachePolicy policy(int tags) {
        return CachePolicy.of("tags-" + tags, tags + "-tags:{wallet}")
                .withTags(IntStream.range(0, tags)
                        .mapToObj(tag -> "tag" + tag + ":{wallet}")
                        .toArray(String[]::new))
                .withTtl(Arena.TTL)
                .withLocal(new CachePolicy.Local(true, 2 * ENTRIES, Arena.TTL));
    }

    /** Processor time while nobody reads: of Redis, which serves the sender and this node, and of this JVM, which only follows. */
    private static Row following(Arena arena, Sender sender, int rate, Duration time) throws Exception {
        sender.rate(rate);
        LockSupport.parkNanos(SETTLING.toNanos());
        double redis = arena.cpuSeconds();
        double own = SYSTEM.getProcessCpuTime() / 1e9;
        long from = System.nanoTime();
        LockSupport.parkNanos(time.toNanos());
        double seconds = (System.nanoTime() - from) / 1e9;
        own = SYSTEM.getProcessCpuTime() / 1e9 - own;
        redis = arena.cpuSeconds() - redis;
        double acknowledged = sender.rate(0);
        return new Row(
                "following %,d invalidations a second".formatted(rate),
                "% of a core",
                null,
                new Figure("node", 100 * own / seconds),
                Target.none(),
                List.of(
                        new Figure("Redis", 100 * redis / seconds),
                        new Figure("acknowledged each second", Math.rint(acknowledged))));
    }

    /** Another JVM with a node that invalidates. */
    private static final class Sender implements AutoCloseable {

        private final OtherJvm jvm;
        private final Map<Integer, DoubleSummaryStatistics> reached = new HashMap<>();
        private int rate;

        Sender(String uri) throws Exception {
            jvm = new OtherJvm(InvalidatingNode.class, uri);
            jvm.answer();
        }

        /** Sends so many invalidations a second from now on. */
        void pace(int perSecond) throws Exception {
            rate(perSecond);
            LockSupport.parkNanos(SETTLING.toNanos());
            exchange(perSecond);
        }

        /** The same. Returns how many a second were acknowledged before. */
        double rate(int perSecond) throws Exception {
            double acknowledged = exchange(perSecond);
            reached.computeIfAbsent(rate, first -> new DoubleSummaryStatistics())
                    .accept(acknowledged);
            rate = perSecond;
            return acknowledged;
        }

        /** How many a second were acknowledged on average when so many were asked for. */
        Figure reached(int perSecond) {
            return new Figure(
                    "acknowledged each second",
                    Math.rint(reached.getOrDefault(perSecond, new DoubleSummaryStatistics())
                            .getAverage()));
        }

        private double exchange(int perSecond) throws Exception {
            jvm.send(String.valueOf(perSecond));
            return Double.parseDouble(jvm.answer());
        }

        @Override
        public void close() {
            jvm.close();
        }
    }
}
