package io.r3mes.cache.spring.interceptor;

import io.r3mes.cache.CacheInvalidator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** What is to be invalidated. Immutable. */
record Targets(Set<String> keys, Set<String> tags, Set<String> patterns, Set<String> caches, boolean everything) {

    static final Targets NONE = new Targets(Set.of(), Set.of(), Set.of(), Set.of(), false);

    Targets {
        keys = Set.copyOf(keys);
        tags = Set.copyOf(tags);
        patterns = Set.copyOf(patterns);
        caches = Set.copyOf(caches);
    }

    /** The union. */
    static Targets all(Collection<Targets> parts) {
        return new Targets(
                union(parts, Targets::keys),
                union(parts, Targets::tags),
                union(parts, Targets::patterns),
                union(parts, Targets::caches),
                parts.stream().anyMatch(Targets::everything));
    }

    boolean covers(Entry entry) {
        return everything
                || caches.contains(entry.cache())
                || keys.contains(entry.key())
                || entry.tags().stream().anyMatch(tags::contains)
                || patterns.stream().anyMatch(pattern -> Globs.matches(pattern, entry.key()));
    }

    /** Invalidates, one step in Redis for each kind. */
    void apply(CacheInvalidator invalidator) {
        if (everything) {
            invalidator.invalidateAll();
            return;
        }
        if (!keys.isEmpty()) {
            invalidator.invalidateKeys(keys);
        }
        if (!tags.isEmpty()) {
            invalidator.invalidateByTag(tags.toArray(String[]::new));
        }
        patterns.forEach(invalidator::invalidateByPattern);
        caches.forEach(invalidator::invalidateCache);
    }

    /** Invalidates without waiting. */
    CompletableFuture<Void> applyAsync(CacheInvalidator invalidator) {
        List<CompletableFuture<?>> sent = new ArrayList<>();
        if (everything) {
            sent.add(invalidator.invalidateAllAsync());
        } else {
            if (!keys.isEmpty()) {
                sent.add(invalidator.invalidateKeysAsync(keys));
            }
            if (!tags.isEmpty()) {
                sent.add(invalidator.invalidateByTagAsync(tags.toArray(String[]::new)));
            }
            patterns.forEach(pattern -> sent.add(invalidator.invalidateByPatternAsync(pattern)));
            caches.forEach(cache -> sent.add(invalidator.invalidateCacheAsync(cache)));
        }
        return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new));
    }

    private static Set<String> union(Collection<Targets> parts, Function<Targets, Set<String>> member) {
        Set<String> union = new LinkedHashSet<>();
        parts.forEach(part -> union.addAll(member.apply(part)));
        return union;
    }
}
