package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.LogEntry;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** What an event costs a node that mirrors the log: CPU time of its thread to record it, and memory to remember it. */
public final class NodeCosts {

    private static final int RECORDS = 65_536;
    private static final int ROUNDS = 20;

    private NodeCosts() {}

    public static void measure(Consumer<String> out) {
        cost(out, "1 key", 10_000, 1, i -> new Event.Keys(List.of(key(i))));
        cost(
                out,
                "10 keys",
                2_000,
                10,
                i -> new Event.Keys(IntStream.range(10 * i, 10 * i + 10)
                        .mapToObj(NodeCosts::key)
                        .toList()));
        cost(
                out,
                "500 keys",
                200,
                500,
                i -> new Event.Keys(IntStream.range(500 * i, 500 * i + 500)
                        .mapToObj(NodeCosts::key)
                        .toList()));
        cost(out, "1 tag", 10_000, 1, i -> new Event.Tags(List.of("user:wallet%08d".formatted(i))));
        cost(out, "1 pattern of 512", 2_000, 1, i -> new Event.Pattern("user:%d:*".formatted(i)));
        memory(out);
    }

    /** The fastest of some rounds, on a mirror that is full. */
    private static void cost(Consumer<String> out, String name, int events, int names, IntFunction<Event> event) {
        Mirror mirror = new Mirror();
        mirror.take(mirror.entries(RECORDS / names, event));
        long fastest = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            List<LogEntry> entries = mirror.entries(events, event);
            long from = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            mirror.take(entries);
            fastest = Math.min(fastest, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - from);
        }
        out.accept("%-34s %8.2f us CPU of the node".formatted("apply, " + name, fastest / 1_000.0 / events));
    }

    private static void memory(Consumer<String> out) {
        long before = usedHeap();
        Mirror mirror = new Mirror();
        long empty = usedHeap();
        mirror.take(mirror.entries(RECORDS, i -> new Event.Keys(List.of(key(i)))));
        long full = usedHeap();
        mirror.journal = new Journal(1);
        long withoutJournal = usedHeap();
        out.accept("%-34s %8d B, of which the journal %d B"
                .formatted("memory of one record", (full - empty) / RECORDS, (full - withoutJournal) / RECORDS));
        out.accept("%-34s %8d KiB".formatted("an empty mirror", (empty - before) / 1_024));
        Reference.reachabilityFence(mirror);
    }

    private static String key(int number) {
        return "user:info:wallet%08d".formatted(number);
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** A node's timeline and journal, and the log that they follow. */
    private static final class Mirror {

        private final Timeline timeline = new Timeline(RECORDS, Duration.ofMillis(500), 0);
        private Journal journal = new Journal(RECORDS);
        private long position = 1_764_000_000_000_000L;
        private String last = "first";
        private int number;

        Mirror() {
            timeline.reset(new Head(1, "r", position, last, position), 0);
        }

        List<LogEntry> entries(int count, IntFunction<Event> event) {
            List<LogEntry> entries = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                String id = Long.toHexString(0x9E3779B97F4A7C15L * ++position);
                entries.add(new LogEntry(position, id, last, event.apply(number++)));
                last = id;
            }
            return entries;
        }

        void take(List<LogEntry> entries) {
            for (LogEntry entry : entries) {
                if (!timeline.apply(entry)) {
                    throw new IllegalStateException("The entry does not follow");
                }
                journal.brought(entry, 0);
            }
        }
    }
}
