package io.r3mes.cache.scale;

import com.sun.management.OperatingSystemMXBean;
import io.r3mes.cache.redis.RedisAdapter;
import io.r3mes.cache.spi.Claim;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.spi.InvalidationLog.NodeBeat;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.testing.Await;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** What one coherence domain costs its server: each step alone, as a node sends it and waits for its answer. */
final class DomainCosts {

    private static final Duration STALENESS = Duration.ofMillis(500);
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final String LOG = "{scale}:log";
    private static final int VALUE_BYTES = 1_024;
    private static final int MOST_AT_ONCE = 200;

    private final RedisProcess server;
    private final RedisAdapter node;
    private final InvalidationLog log;
    private final Meter meter;
    private final Figures figures;
    private final int steps;
    private int number;

    DomainCosts(RedisProcess server, RedisAdapter node, Meter meter, Figures figures, int steps) {
        this.server = server;
        this.node = node;
        this.log = node.invalidationLog();
        this.meter = meter;
        this.figures = figures;
        this.steps = steps;
    }

    static String key(int number) {
        return "user:info:wallet%08d".formatted(number);
    }

    static Event keys(int first, int count) {
        return new Event.Keys(
                IntStream.range(first, first + count).mapToObj(DomainCosts::key).toList());
    }

    void beats(int... nodes) {
        int known = 0;
        for (int all : nodes) {
            for (; known < all; known++) {
                Await.result(log.beat(beat(known)));
            }
            Commands.reset(server);
            row("beat, %d nodes".formatted(all), i -> log.beat(beat(i % all)));
            Commands inside = Commands.of(server);
            figures.note(
                    "%-34s %8.1f us by the clock, of which INFO %.1f us",
                    "  its script", inside.microsOf("evalsha"), inside.microsOf("info"));
            row("who lives, %d nodes".formatted(all), i -> log.nodes());
        }
    }

    private static NodeBeat beat(int node) {
        return new NodeBeat("%016x%016x".formatted(node, node), 1_764_000_000_000_000L, STALENESS);
    }

    void beatsAtOnce(Followers nodes) {
        int rounds = Math.max(1, steps / nodes.count());
        ServerCost cost = meter.of(
                rounds * nodes.count(),
                () -> inTurns(
                        rounds,
                        1,
                        round -> all(
                                nodes.count(), i -> nodes.log(i).beat(beat(i)).toCompletableFuture())));
        figures.note("%-34s %s", "beat, %d connections at once".formatted(nodes.count()), cost);
    }

    /** Returns what an event of one key costs, and what one of 500 keys does. */
    List<ServerCost> events() {
        ServerCost one = event("append, 1 key", i -> keys(i, 1));
        event("append, 10 keys", i -> keys(10 * i, 10));
        ServerCost many = event("append, 500 keys", i -> keys(500 * i, 500));
        event("append, 1 tag", i -> new Event.Tags(List.of("user:wallet%08d".formatted(i))));
        event(
                "append, 10 tags",
                i -> new Event.Tags(IntStream.range(10 * i, 10 * i + 10)
                        .mapToObj("user:wallet%08d"::formatted)
                        .toList()));
        long stamp = RedisServers.command(
                server, redis -> redis.memoryUsage("{scale}:tag:user:wallet%08d".formatted(10 * (number - 1))));
        figures.note("%-34s %8d B of memory", "  a stamp", stamp);
        event("append, 1 pattern again", i -> new Event.Pattern("user:info:*"));
        return List.of(one, many);
    }

    /** Appends, and what reading them again costs for each when a follower gets many at a time. */
    private ServerCost event(String name, IntFunction<Event> event) {
        long after = Await.result(log.head(0)).position();
        RedisServers.command(server, redis -> redis.xtrim(LOG, 0));
        ServerCost append = row(name, i -> log.append(Append.of(event.apply(i), 0)));
        int all = Meter.ROUNDS * steps;
        long memory = RedisServers.command(server, redis -> redis.memoryUsage(LOG));
        figures.note("%-34s %8d B of memory each", "  in the log", memory / all);
        long cpu = processCpuNanos();
        ServerCost read = meter.of(all, () -> readAll(after));
        double nodeMicros = (processCpuNanos() - cpu) / 1e3 / all / Meter.ROUNDS;
        figures.note("%-34s %s  %.1f us CPU of the node", "  read in batches of 512, each", read, nodeMicros);
        return append;
    }

    private static long processCpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private void readAll(long after) {
        long from = after;
        for (int size = 512; size == 512; ) {
            var entries = Await.result(log.read(from, 512, Duration.ZERO));
            size = entries.size();
            from = size == 0 ? from : entries.get(size - 1).position();
        }
    }

    void misses(int rules) {
        byte[] value = new byte[VALUE_BYTES];
        row("miss: GET", i -> node.remoteStore().get(key(i)));
        row("miss: lease", i -> node.remoteStore().acquire(lease(i)));
        row("miss: HEAD", i -> log.head(0));
        int first = number;
        for (int i = 0; i < Meter.ROUNDS * steps; i++) {
            Claim unused = Await.result(node.remoteStore().acquire(lease(first + i)));
        }
        row("miss: store of 1 KiB", i -> node.remoteStore().store(lease(i), value, TTL));
        number = first;
        row("hit: GET of 1 KiB", i -> node.remoteStore().get(key(i)));
        number = first;
        row("unlink of a key", i -> node.remoteStore().unlink(key(i)));
        row("MARKS, 1 tag", i -> log.marks(List.of("user:wallet1"), Long.MAX_VALUE >> 11));
        for (int i = 0; i < rules; i++) {
            Await.result(log.append(Append.of(new Event.Pattern("user:%d:*".formatted(i)), 0)));
        }
        row("MARKS, 1 tag, %d rules".formatted(rules), i -> log.marks(List.of("user:wallet1"), Long.MAX_VALUE >> 11));
        row(
                "append, 1 pattern, %d rules".formatted(rules),
                i -> log.append(Append.of(new Event.Pattern("user:" + i + ":*"), 0)));
        row("append, 1 key, %d rules".formatted(rules), i -> log.append(Append.of(keys(i, 1), 0)));
    }

    private static Lease lease(int number) {
        return new Lease(key(number), "0123456789abcdef0123456789abcdef", Duration.ofMinutes(1));
    }

    private ServerCost row(String name, IntFunction<CompletionStage<?>> step) {
        ServerCost cost = meter.of(steps, () -> {
            for (int i = 0; i < steps; i++) {
                Await.<Object>result(step.apply(number++).thenApply(done -> "done"));
            }
        });
        figures.note("%-34s %s", name, cost);
        return cost;
    }

    /** Events one at a time, each to all followers, which wait. Returns the cost of one event with its delivery. */
    ServerCost woken(Followers followers, int events) {
        return meter.of(events, () -> {
            long before = followers.received();
            for (int i = 1; i <= events; i++) {
                Await.result(log.append(Append.of(keys(number++, 1), 0)));
                followers.awaitReceived(before + (long) i * followers.count());
            }
        });
    }

    /** Events as fast as they go. Returns the cost of one event with its delivery. */
    ServerCost flooded(Followers followers, int events) {
        return meter.of(events, () -> {
            long before = followers.received();
            inTurns(
                    events / MOST_AT_ONCE,
                    1,
                    turn -> all(
                            MOST_AT_ONCE,
                            i -> log.append(Append.of(keys(number++, 1), 0)).toCompletableFuture()));
            followers.awaitReceived(before + (long) events * followers.count());
        });
    }

    private static void inTurns(int turns, int step, IntFunction<CompletableFuture<?>> turn) {
        for (int i = 0; i < turns; i += step) {
            turn.apply(i).join();
        }
    }

    private static CompletableFuture<?> all(int count, IntFunction<CompletableFuture<?>> each) {
        List<CompletableFuture<?>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sent.add(each.apply(i));
        }
        return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new));
    }
}
