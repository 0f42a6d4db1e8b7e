package io.r3mes.cache.engine;

import io.r3mes.cache.TagMembers;
import io.r3mes.cache.spi.RemoteStore.Born;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Lists the entries that carry a tag: those that it names and those that the index knows, less what is gone or invalid. Thread-safe. */
final class TagListing {

    private final Node node;
    private final Catalog catalog;

    TagListing(Node node, Catalog catalog) {
        this.node = node;
        this.catalog = catalog;
    }

    /**
     * Completes with unknown members if Redis does not answer; never exceptionally.
     *
     * @throws IllegalArgumentException if the text cannot be a tag or the limit is out of range
     */
    CompletableFuture<TagMembers> list(String tag, int limit) {
        if (limit < 0 || limit > TagMembers.MOST_KEYS) {
            throw new IllegalArgumentException(
                    "Between 0 and " + TagMembers.MOST_KEYS + " keys can be listed, but limit is " + limit);
        }
        return node.tagIndex()
                .members(Tags.checked(tag), limit)
                .toCompletableFuture()
                .thenCompose(known -> {
                    Set<String> keys = new LinkedHashSet<>(catalog.namedBy(tag));
                    known.keys().forEach(keys::remove);
                    int named = keys.size();
                    keys.addAll(known.keys());
                    Asked asked = new Asked(tag, limit, List.copyOf(keys), named);
                    return node.remote()
                            .births(asked.keys())
                            .thenApply((List<@Nullable Born> births) -> listed(asked, known.count(), births));
                })
                .exceptionally(failure -> {
                    node.observer().unavailable("members", Failures.cause(failure));
                    return new TagMembers(tag, OptionalLong.empty(), List.of());
                });
    }

    /**
     * @param keys of entries that may have the tag
     * @param named how many of them, the first ones, the index does not count
     */
    private record Asked(String tag, int limit, List<String> keys, int named) {}

    private TagMembers listed(Asked asked, long indexed, List<@Nullable Born> births) {
        List<String> valid = new ArrayList<>(births.size());
        for (int i = 0; i < births.size(); i++) {
            String key = asked.keys().get(i);
            Born born = births.get(i);
            if (born != null && !born.ofNull() && isValid(catalog.subject(key).withTags(List.of(asked.tag())), born)) {
                valid.add(key);
            }
        }
        int gone = births.size() - valid.size();
        List<String> shown = valid.subList(0, Math.min(asked.limit(), valid.size()));
        return new TagMembers(asked.tag(), OptionalLong.of(indexed + asked.named() - gone), shown);
    }

    private boolean isValid(Subject subject, Born born) {
        return born.generation() == node.timeline().generation()
                && !node.timeline().isCovered(subject, born.position());
    }
}
