package io.r3mes.cache.redis;

import static io.r3mes.cache.redis.LuaScript.bytes;
import static io.r3mes.cache.redis.LuaScript.text;

import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.protocol.CommandType;
import io.r3mes.cache.OnFailover;
import io.r3mes.cache.spi.Appended;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.LogEntry;
import io.r3mes.cache.spi.Marks;
import io.r3mes.cache.spi.Marks.Rule;
import io.r3mes.cache.spi.NodeState;
import io.r3mes.cache.spi.Nodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The log as a stream, its metadata as a hash, and the stamps of tags, all in one slot. */
final class RedisInvalidationLog implements InvalidationLog {

    /** A read waits no longer, whatever it asks for. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    /** Beyond it Lua, which counts in doubles, would skip positions. */
    private static final long HIGHEST_FLOOR = 1L << 52;

    private static final Gathering.Limits HEADS = new Gathering.Limits(1, 65_536);
    private static final byte[] REPLAY = bytes("replay");

    private final Links links;
    private final RedisKeys keys;
    private final OnFailover onFailover;
    private final LongSupplier random;
    private final Gathering<Long, Head> heads = new Gathering<>(HEADS, this::headForAll);

    RedisInvalidationLog(Links links, RedisKeys keys, OnFailover onFailover, LongSupplier random) {
        this.links = links;
        this.onFailover = onFailover;
        this.keys = keys;
        this.random = random;
    }

    @Override
    public CompletionStage<Head> head(long floor) {
        if (floor > HIGHEST_FLOOR) {
            return tooHigh(floor);
        }
        return heads.add(floor);
    }

    /** One head for all who asked before it was read. */
    private CompletionStage<List<Head>> headForAll(List<Long> floors) {
        return withPolicy(policy -> LogScripts.HEAD
                .list(links.commands(), metaAndLog(), generation(), policy, bytes(Collections.max(floors)))
                .thenApply(RedisInvalidationLog::head)
                .thenApply(head -> Collections.nCopies(floors.size(), head)));
    }

    @Override
    public CompletionStage<Head> beat(NodeBeat beat) {
        if (beat.applied() > HIGHEST_FLOOR) {
            return tooHigh(beat.applied());
        }
        if (!links.commands().isOpened()) {
            // The first beat comes while the application starts, which need not wait for the scripts to be prepared.
            return links.commands().refuse();
        }
        byte[] staleness =
                bytes(TimeUnit.NANOSECONDS.toMicros(beat.maxStaleness().toNanos()));
        String[] touched = {keys.meta(), keys.log(), keys.nodes()};
        return withPolicy(policy -> LogScripts.BEAT
                .list(
                        links.commands(),
                        touched,
                        generation(),
                        policy,
                        bytes(beat.node()),
                        bytes(beat.applied()),
                        staleness,
                        bytes(LogScripts.SILENCE_MICROS),
                        bytes(LogScripts.MARK))
                .thenApply(RedisInvalidationLog::head));
    }

    @Override
    public CompletionStage<Appended> append(Append append) {
        if (append.floor() > HIGHEST_FLOOR) {
            return tooHigh(append.floor());
        }
        LogCodec.Encoded event = LogCodec.encode(append.event());
        List<String> tags = append.event() instanceof Event.Tags tagged ? tagged.tags() : List.of();
        String id = Long.toHexString(random.getAsLong());
        return append(append, event, id, tags)
                .exceptionallyCompose(failure -> !tags.isEmpty() && Refusal.of(failure) == Refusal.TRYAGAIN
                        ? append(append, event, id, List.of()).thenCompose(sent -> dropStamps(tags, sent))
                        : CompletableFuture.failedFuture(failure));
    }

    /**
     * A stamp that does not exist cannot be written while the log's slot migrates. Its absence says the same, and more: it
     * will be created at the head.
     */
    private CompletionStage<Appended> dropStamps(List<String> tags, Appended sent) {
        List<CompletableFuture<?>> dropped = new ArrayList<>(tags.size());
        for (String tag : tags) {
            dropped.add(links.invalidations()
                    .send(Call.remove(CommandType.DEL, keys.stamp(tag)))
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(dropped.toArray(CompletableFuture[]::new))
                .thenApply(all -> sent);
    }

    /** One script removes what keys of any slots have, but only where all of them are on one server. */
    @Override
    public boolean removesKeys() {
        return links.commands().isToOneServer();
    }

    private CompletionStage<Appended> append(Append append, LogCodec.Encoded event, String id, List<String> stamps) {
        boolean removes = append.removal().wanted();
        List<String> removed = removes && append.event() instanceof Event.Keys some ? some.keys() : List.of();
        Lease kept = append.removal().kept();
        return withPolicy(policy -> LogScripts.APPEND
                .list(
                        links.invalidations(),
                        keys.forAppend(stamps, removed),
                        generation(),
                        policy,
                        bytes(append.floor()),
                        bytes(event.kind()),
                        bytes(event.payload()),
                        bytes(id),
                        bytes(append.since()),
                        bytes(LogCodec.join(append.entryTags())),
                        bytes(LogScripts.RETENTION_MICROS),
                        bytes(LogScripts.MOST_RULES),
                        bytes(LogScripts.STAMP_MILLIS),
                        bytes(LogScripts.MOST_CONTESTANTS),
                        bytes(stamps.size()),
                        bytes(kept == null ? "" : kept.token()))
                .thenApply(reply -> new Appended(
                        Long.parseLong(text(reply.get(0))),
                        number(reply.get(1)),
                        id,
                        number(reply.get(2)) == 1,
                        number(reply.get(3)))));
    }

    @Override
    public CompletionStage<Marks> marks(List<String> tags, long birth) {
        return withPolicy(policy -> LogScripts.MARKS
                .list(
                        links.commands(),
                        keys.metaLogAndStamps(tags),
                        generation(),
                        policy,
                        bytes(birth),
                        bytes(LogScripts.STAMP_MILLIS))
                .thenApply(RedisInvalidationLog::marks));
    }

    @Override
    @SuppressWarnings("unchecked") // an array of one stream offset
    public CompletionStage<List<LogEntry>> read(long after, int limit, Duration wait) {
        long millis = Math.min(wait.toMillis(), LONGEST_WAIT.toMillis());
        boolean waits = millis > 0;
        XReadArgs arguments = XReadArgs.Builder.count(limit);
        if (waits) {
            arguments.block(millis);
        }
        StreamOffset<String> from = StreamOffset.from(keys.log(), after + "-0");
        RedisLink link = waits ? links.reading() : links.commands();
        return link.call(commands -> commands.xread(arguments, from).thenApply(RedisInvalidationLog::entries));
    }

    @Override
    public CompletionStage<Nodes> nodes() {
        return LogScripts.NODES
                .list(links.commands(), new String[] {keys.nodes()})
                .thenApply(RedisInvalidationLog::nodes);
    }

    @Override
    public CompletionStage<Void> leave(String node) {
        return links.commands()
                .call(commands -> commands.hdel(keys.nodes(), node).thenAccept(count -> {}));
    }

    /** Does nothing: the connections belong to the adapter. */
    @Override
    public void close() {}

    private String[] metaAndLog() {
        return new String[] {keys.meta(), keys.log()};
    }

    /** Calls with the policy for the servers of now; fails while those of a cluster are not known. */
    private <T> CompletionStage<T> withPolicy(Function<byte[], CompletionStage<T>> call) {
        if (onFailover == OnFailover.REPLAY) {
            return call.apply(REPLAY);
        }
        OptionalLong epoch = links.commands().configEpoch();
        return epoch.isPresent()
                ? call.apply(bytes("fence:" + epoch.getAsLong()))
                : CompletableFuture.failedFuture(
                        new RedisUnavailableException("The masters of the cluster are being looked up", null));
    }

    private byte[] generation() {
        return bytes(Math.max(1, random.getAsLong() & Long.MAX_VALUE));
    }

    private static <T> CompletionStage<T> tooHigh(long position) {
        return CompletableFuture.failedFuture(
                new IllegalArgumentException("The position " + position + " is too high to be one of the log"));
    }

    private static List<LogEntry> entries(@Nullable List<StreamMessage<String, byte[]>> found) {
        return found == null ? List.of() : found.stream().map(LogCodec::decode).toList();
    }

    private static Head head(List<@Nullable Object> reply) {
        return new Head(
                Long.parseLong(text(reply.get(0))),
                reply.size() > 4 ? text(reply.get(4)) : "",
                number(reply.get(1)),
                text(reply.get(2)),
                number(reply.get(3)));
    }

    private static Marks marks(List<@Nullable Object> reply) {
        List<Rule> rules = new ArrayList<>();
        for (int i = 3; i + 1 < reply.size(); i += 2) {
            rules.add(LogCodec.rule(text(reply.get(i)), number(reply.get(i + 1))));
        }
        return new Marks(Long.parseLong(text(reply.get(0))), number(reply.get(1)), number(reply.get(2)), rules);
    }

    private static Nodes nodes(List<@Nullable Object> reply) {
        long now = number(reply.get(0));
        String replication = text(reply.get(1));
        long keptFor = Nodes.UNKNOWN;
        List<NodeState> nodes = new ArrayList<>();
        for (int i = 2; i + 1 < reply.size(); i += 2) {
            String field = text(reply.get(i));
            String[] said = text(reply.get(i + 1)).split(":", -1);
            if (said.length == 3) {
                long age = Math.max(0, now - Long.parseLong(said[1]));
                nodes.add(new NodeState(field, Long.parseLong(said[0]), age, Long.parseLong(said[2])));
            } else if (field.equals(LogScripts.MARK) && said.length == 2 && said[0].equals(replication)) {
                keptFor = Math.max(0, now - Long.parseLong(said[1]));
            }
        }
        return new Nodes(nodes, keptFor);
    }

    private static long number(@Nullable Object reply) {
        if (reply instanceof Long number) {
            return number;
        }
        throw new IllegalStateException("Redis answered with something else than a number: " + reply);
    }

    /**
     * The connections of a log.
     *
     * @param commands shared by all other operations
     * @param invalidations for appending
     * @param reading for reads that wait
     */
    record Links(RedisLink commands, Sender invalidations, RedisLink reading) {}
}
