package io.r3mes.cache.engine;

import io.r3mes.cache.TagMembers;
import io.r3mes.cache.spi.RemoteStore.Born;
import io.r3mes.cache.spi.TagIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Lists the entries that carry a tag: what the index knows, less what is gone or invalid. Thread-safe. */
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
                .thenCompose(known -> node.remote()
                        .births(known.keys())
                        .thenApply((List<@Nullable Born> births) -> listed(tag, known, births)))
                .exceptionally(failure -> {
                    node.observer().unavailable("members", Failures.cause(failure));
                    return new TagMembers(tag, OptionalLong.empty(), List.of());
                });
    }

    private TagMembers listed(String tag, TagIndex.Members known, List<@Nullable Born> births) {
        List<String> valid = new ArrayList<>(births.size());
        for (int i = 0; i < births.size(); i++) {
            String key = known.keys().get(i);
            Born born = births.get(i);
            if (born != null && isValid(catalog.subject(key).withTags(List.of(tag)), born)) {
                valid.add(key);
            }
        }
        int gone = known.keys().size() - valid.size();
        return new TagMembers(tag, OptionalLong.of(known.count() - gone), valid);
    }

    private boolean isValid(Subject subject, Born born) {
        return born.generation() == node.timeline().generation()
                && !node.timeline().isCovered(subject, born.position());
    }
}
