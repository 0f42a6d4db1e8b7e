package io.r3mes.cache.redis;

import io.r3mes.cache.spi.Appended;
import io.r3mes.cache.spi.Claim;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.spi.InvalidationLog.NodeBeat;
import io.r3mes.cache.spi.InvalidationLog.Removal;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.LogEntry;
import io.r3mes.cache.spi.Marks;
import io.r3mes.cache.spi.Nodes;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.RemoteStore.Reclaimed;
import io.r3mes.cache.spi.ValueHeader;
import io.r3mes.cache.testing.Await;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Random operations that mean the same on two servers: a position is named by when it was handed out. */
final class ModelOperations {

    static final Duration SHORT = Duration.ofMillis(3);
    private static final Duration LONG = Duration.ofHours(1);

    private final SplittableRandom random;

    ModelOperations(SplittableRandom random) {
        this.random = random;
    }

    /** One operation and how to do it; what it returns is equal where two servers agree. */
    record Operation(String name, Function<ModelSide, Object> act) {

        Object on(ModelSide side) {
            return act.apply(side);
        }
    }

    /**
     * @param known how many positions there are to choose from
     */
    Operation next(int known) {
        int kind = random.nextInt(100);
        if (kind < 50) {
            return onStore(known);
        }
        return kind < 92 ? onLog(known) : forgetting();
    }

    private Operation onStore(int known) {
        String key = pick("a", "b", "c:1", "c:2");
        Lease lease = new Lease(key, pick("t1", "t2", "t3"), LONG);
        int at = anyPosition(known);
        return switch (random.nextInt(13)) {
            case 0 -> operation("get " + key, side -> text(result(side.store().get(key))));
            case 1 ->
                operation(
                        "getAll",
                        side -> result(side.store().getAll(List.of("a", key, "missing"))).values().stream()
                                .map(ModelOperations::text)
                                .toList());
            case 2, 3 ->
                operation("acquire " + lease, side -> claim(result(side.store().acquire(lease))));
            case 4 -> operation("takeOver " + lease, side -> result(side.store().takeOver(lease)));
            case 5 -> operation("renew " + lease, side -> result(side.store().renew(lease)));
            case 6 -> operation("release " + lease, side -> result(side.store().release(lease)));
            case 7, 8 -> store(lease, at);
            case 9 -> operation("unlink " + key, side -> result(side.store().unlink(key)));
            case 10 ->
                operation("unlinkKeeping " + lease, side -> result(side.store().unlinkKeeping(lease)));
            case 11 ->
                operation("unlinkBornBefore " + key + " " + at, side -> {
                    Reclaimed reclaimed = result(side.store().unlinkBornBefore(key, side.position(at)));
                    return List.of(
                            reclaimed.removed(),
                            reclaimed.bytes(),
                            !reclaimed.kept().isZero());
                });
            default -> random.nextBoolean() ? shortLived(lease, at) : scan();
        };
    }

    private Operation store(Lease lease, int birth) {
        boolean foreign = random.nextInt(5) == 0;
        return operation(
                "store " + lease + (foreign ? " foreign" : " born at " + birth),
                side -> result(side.store().store(lease, bytes(foreign, side.position(birth)), LONG)));
    }

    /** The birth is written where the value carries it, but named in {@link #text}. */
    private static byte[] bytes(boolean foreign, long birth) {
        byte[] bytes = new byte[ValueHeader.BIRTH_END + 4];
        ByteBuffer.wrap(bytes).putLong(ValueHeader.BIRTH_OFFSET, birth);
        bytes[0] = foreign ? (byte) 'x' : ValueHeader.MAGIC;
        return bytes;
    }

    private static String text(byte[] value) {
        return value == null ? "nothing" : (char) value[0] + " of " + value.length;
    }

    private Operation shortLived(Lease lease, int birth) {
        if (random.nextBoolean()) {
            return operation("lease that lapses " + lease, side -> {
                result(side.store().takeOver(new Lease(lease.key(), lease.token(), SHORT)));
                side.outlive(lease.key(), true);
                return result(side.store().renew(lease));
            });
        }
        return operation("value that expires " + lease, side -> {
            result(side.store().takeOver(lease));
            boolean stored = result(side.store().store(lease, bytes(false, side.position(birth)), SHORT));
            side.outlive(lease.key(), false);
            return stored + text(result(side.store().get(lease.key())));
        });
    }

    private Operation scan() {
        String prefix = pick("", "c:", "a", "none");
        return operation("scan " + prefix, side -> {
            TreeSet<String> keys = new TreeSet<>();
            String cursor = null;
            do {
                RemoteStore.Page page = result(side.store().scan(prefix, cursor));
                keys.addAll(page.keys());
                cursor = page.cursor();
            } while (cursor != null);
            return keys;
        });
    }

    private Operation onLog(int known) {
        int at = anyPosition(known);
        String tag = pick("x", "y", "z");
        return switch (random.nextInt(10)) {
            case 0 ->
                operation(
                        "head above " + at, side -> head(side, result(side.log().head(side.position(at)))));
            case 1 -> {
                NodeBeat beat = new NodeBeat(pick("n1", "n2"), 0, Duration.ofMillis(500));
                yield operation(
                        "beat " + beat + " at " + at,
                        side -> head(
                                side,
                                result(side.log()
                                        .beat(new NodeBeat(beat.node(), side.position(at), beat.maxStaleness())))));
            }
            case 2, 3, 4, 5 -> append(known);
            case 6 -> {
                List<String> tags = random.nextBoolean() ? List.of(tag) : List.of("x", "y");
                yield operation(
                        "marks of " + tags + " since " + at,
                        side -> marks(side, result(side.log().marks(tags, side.position(at)))));
            }
            case 7 -> {
                int limit = 1 + random.nextInt(20);
                yield operation(
                        "read " + limit + " after " + at,
                        side -> result(side.log().read(side.position(at), limit, Duration.ZERO)).stream()
                                .map(entry -> entry(side, entry))
                                .toList());
            }
            case 8 -> operation("nodes", side -> nodes(side, result(side.log().nodes())));
            default -> onTags(tag);
        };
    }

    private Operation append(int known) {
        Event event = switch (random.nextInt(8)) {
            case 0, 1 -> new Event.Keys(List.of(pick("a", "b")));
            case 2 -> new Event.Keys(List.of("a", "c:1"));
            case 3 -> new Event.Tags(List.of(pick("x", "y", "z")));
            case 4 -> new Event.Tags(List.of("x", "z"));
            case 5 -> new Event.Pattern(pick("a*", "c:*"));
            case 6 -> random.nextInt(4) == 0 ? new Event.All() : new Event.Cleared(pick("one", "two"));
            default -> new Event.Marker();
        };
        int floor = anyPosition(known);
        boolean checks = random.nextBoolean();
        int since = anyPosition(known);
        List<String> tags = random.nextBoolean() ? List.of() : List.of(pick("x", "y"));
        return operation(
                "append " + event + " above " + floor + (checks ? " since " + since + " " + tags : ""), side -> {
                    long from = checks ? side.position(since) : Append.UNCONTESTED;
                    Appended appended = result(
                            side.log().append(new Append(event, side.position(floor), from, tags, Removal.NONE)));
                    return List.of(
                            side.id(appended.generation()),
                            side.position(appended.position()),
                            side.id(appended.id()),
                            appended.contested());
                });
    }

    private Operation onTags(String tag) {
        if (random.nextInt(3) > 0) {
            String key = pick("a", "b", "c:1");
            return operation(
                    "add " + key + " to " + tag, side -> result(side.tags().add(key, List.of(tag), LONG)));
        }
        int limit = 1 + random.nextInt(3);
        return operation("detach " + tag, side -> {
            List<List<String>> taken = new ArrayList<>();
            for (String part : result(side.tags().detach(tag))) {
                do {
                    taken.add(result(side.tags().take(part, limit)));
                } while (!taken.get(taken.size() - 1).isEmpty());
            }
            return taken;
        });
    }

    private static String nodes(ModelSide side, Nodes nodes) {
        List<String> states = nodes.states().stream()
                .map(node -> node.node() + " " + side.position(node.applied()) + " " + node.maxStalenessMicros())
                .sorted()
                .toList();
        return states + (nodes.ageMicros() == Nodes.UNKNOWN ? "" : ", kept");
    }

    private Operation forgetting() {
        String tag = pick("x", "y", "z");
        return switch (random.nextInt(7)) {
            case 0 ->
                operation("lose the metadata", side -> {
                    side.loseMetadata();
                    return "done";
                });
            case 1, 2 ->
                operation("lose the stamp of " + tag, side -> {
                    side.loseStamp(tag);
                    return "done";
                });
            case 5 ->
                operation("lose the list of nodes", side -> {
                    side.loseNodes();
                    return "done";
                });
            case 3 ->
                operation("lose the log", side -> {
                    side.loseEntries();
                    return "done";
                });
            case 4 ->
                operation("lose the log and its metadata", side -> {
                    side.loseEntries();
                    side.loseMetadata();
                    return "done";
                });
            default ->
                operation("trim the log", side -> {
                    side.trim();
                    return "done";
                });
        };
    }

    private static List<Object> head(ModelSide side, Head head) {
        return List.of(side.id(head.generation()), side.position(head.position()), side.id(head.lastId()));
    }

    private static String entry(ModelSide side, LogEntry entry) {
        return side.position(entry.position()) + " " + side.id(entry.id()) + " after " + side.id(entry.previousId())
                + " " + event(side, entry.event());
    }

    private static Object event(ModelSide side, Event event) {
        return event instanceof Event.Marker marker && marker.generation() != 0
                ? "begins " + side.id(marker.generation())
                : event;
    }

    private static List<Object> marks(ModelSide side, Marks marks) {
        List<String> rules = marks.rules().stream()
                .map(rule -> rule.event() + " " + side.position(rule.position()))
                .sorted()
                .toList();
        return List.of(
                side.id(marks.generation()), side.position(marks.base()), side.position(marks.newestTag()), rules);
    }

    private static String claim(Claim claim) {
        return claim.acquired() + " " + text(claim.value());
    }

    /** Mostly one of the newest. */
    private int anyPosition(int known) {
        int back = random.nextInt(4) == 0 ? random.nextInt(known + 1) : random.nextInt(4);
        return Math.max(-1, known - 1 - back);
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static Operation operation(String name, Function<ModelSide, Object> act) {
        return new Operation(name, side -> {
            Object result = act.apply(side);
            return result == null ? "null" : result instanceof byte[] bytes ? Arrays.toString(bytes) : result;
        });
    }

    private static <T> T result(CompletionStage<T> stage) {
        return Await.result(stage);
    }
}
