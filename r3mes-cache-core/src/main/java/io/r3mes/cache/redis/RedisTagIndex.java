package io.r3mes.cache.redis;

import static io.r3mes.cache.redis.LuaScript.bytes;

import io.r3mes.cache.spi.TagIndex;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Sorted sets of bounded size for each tag. */
final class RedisTagIndex implements TagIndex {

    /** How long a detached part waits to be used up. */
    private static final Duration DETACHED_LIFE = Duration.ofMinutes(10);

    /** Parts that fill at the same time must not expire at the same time, or the server frees them in one go. */
    private static final long MILLIS_APART = 250;

    /** How many members an addition removes at most. */
    private static final int MOST_PRUNED = 16;

    private static final long IN_FURTHER_PARTS = 2;

    private static final Gathering.Limits ADDITIONS = new Gathering.Limits(1, 64);

    private final RedisLink link;
    private final RedisKeys keys;
    private final TagParts parts;
    private final LongSupplier random;
    private final Gathering<Addition, Boolean> additions = new Gathering<>(ADDITIONS, this::addTogether);

    RedisTagIndex(RedisLink link, RedisKeys keys, TagParts parts, LongSupplier random) {
        this.link = link;
        this.keys = keys;
        this.parts = parts;
        this.random = random;
    }

    @Override
    public CompletionStage<Void> add(String key, Collection<String> tags, Duration ttl) {
        if (tags.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return additions.add(new Addition(key, tags, ttl)).thenAccept(added -> {});
    }

    private CompletionStage<List<Boolean>> addTogether(List<Addition> all) {
        Map<String, List<Addition>> byTag = new LinkedHashMap<>();
        for (Addition addition : all) {
            addition.tags()
                    .forEach(tag -> byTag.computeIfAbsent(tag, first -> new ArrayList<>())
                            .add(addition));
        }
        List<String> sets = new ArrayList<>();
        List<byte[]> arguments = new ArrayList<>(List.of(bytes(parts.size()), bytes(MOST_PRUNED)));
        byTag.forEach((tag, additions) -> {
            for (Addition addition : additions) {
                int further = parts.of(addition.key());
                sets.add(keys.members(tag, 0));
                sets.add(keys.members(tag, further));
                arguments.add(bytes(addition.key()));
                arguments.add(bytes(Math.max(1, addition.ttl().toMillis())));
                arguments.add(bytes(MILLIS_APART * further));
            }
        });
        return TagScripts.ADD
                .number(link, sets.toArray(String[]::new), arguments.toArray(byte[][]::new))
                .thenApply(count -> Collections.nCopies(all.size(), true));
    }

    private record Addition(String key, Collection<String> tags, Duration ttl) {}

    @Override
    public CompletionStage<Members> members(String tag, int limit) {
        return TagScripts.MEMBERS
                .list(link, new String[] {keys.members(tag, 0)}, bytes(limit))
                .thenCompose(reply -> {
                    Members first = members(reply, 2);
                    return Long.valueOf(1).equals(reply.get(1))
                            ? withFurther(tag, limit, first)
                            : CompletableFuture.completedFuture(first);
                });
    }

    private CompletionStage<Members> withFurther(String tag, int limit, Members first) {
        String[] sets = furtherParts().mapToObj(part -> keys.members(tag, part)).toArray(String[]::new);
        return TagScripts.FURTHER_MEMBERS
                .list(link, sets, bytes(limit - first.keys().size()))
                .thenApply(reply -> {
                    Members more = members(reply, 1);
                    List<String> all = new ArrayList<>(first.keys());
                    all.addAll(more.keys());
                    return new Members(first.count() + more.count(), all);
                });
    }

    @Override
    public CompletionStage<List<String>> detach(String tag) {
        String name = keys.detached(Long.toHexString(random.getAsLong()));
        return TagScripts.DETACH
                .number(link, new String[] {keys.members(tag, 0), name}, bytes(DETACHED_LIFE.toMillis()))
                .thenCompose(found -> {
                    List<String> first = found == 0 ? List.of() : List.of(name);
                    return found == IN_FURTHER_PARTS
                            ? detachFurther(tag, name)
                            : CompletableFuture.completedFuture(first);
                });
    }

    private CompletionStage<List<String>> detachFurther(String tag, String name) {
        String[] names = furtherParts()
                .mapToObj(part -> List.of(keys.members(tag, part), name + ":" + part))
                .flatMap(List::stream)
                .toArray(String[]::new);
        return TagScripts.DETACH_FURTHER
                .list(link, names, bytes(DETACHED_LIFE.toMillis()), bytes(MILLIS_APART))
                .thenApply(places -> {
                    List<String> detached = new ArrayList<>(List.of(name));
                    places.forEach(place -> detached.add(name + ":" + place));
                    return detached;
                });
    }

    @Override
    public CompletionStage<List<String>> take(String part, int limit) {
        return link.call(commands -> commands.zpopmin(part, limit)
                .thenApply(taken -> taken.stream()
                        .map(member -> LuaScript.text(member.getValue()))
                        .toList()));
    }

    private IntStream furtherParts() {
        return IntStream.rangeClosed(1, parts.further());
    }

    private static Members members(List<@Nullable Object> reply, int from) {
        List<String> keys = new ArrayList<>(reply.size() - from);
        reply.subList(from, reply.size()).forEach(key -> keys.add(LuaScript.text(key)));
        return new Members(reply.get(0) instanceof Long count ? count : 0, keys);
    }
}
