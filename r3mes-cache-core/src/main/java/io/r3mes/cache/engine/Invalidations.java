package io.r3mes.cache.engine;

import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.TagMembers;
import io.r3mes.cache.spi.Event;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * The invalidator as callers see it: makes events of what they name and sends each to the domains that it may concern.
 * Thread-safe.
 */
final class Invalidations implements CacheInvalidator {

    private static final int KEYS_PER_EVENT = 500;

    private final Catalog catalog;
    private final Map<String, Domain> domains;
    private final Node node;

    /**
     * @param node any of the domains' nodes, for its executor and clock
     */
    Invalidations(Catalog catalog, Map<String, Domain> domains, Node node) {
        this.catalog = catalog;
        this.domains = domains;
        this.node = node;
    }

    @Override
    public Invalidation invalidateKey(String key) {
        return now(keys(List.of(key)));
    }

    @Override
    public Invalidation invalidateKeys(Collection<String> keys) {
        return now(keys(keys));
    }

    @Override
    public Invalidation invalidateByTag(String... tags) {
        return now(tags(tags));
    }

    @Override
    public Invalidation invalidateByPattern(String glob) {
        return now(pattern(glob));
    }

    @Override
    public Invalidation invalidateCache(String cache) {
        return now(cleared(cache));
    }

    @Override
    public Invalidation invalidateAll() {
        return now(everywhere(new Event.All()));
    }

    @Override
    public CompletableFuture<Invalidation> invalidateKeyAsync(String key) {
        return later(keys(List.of(key)));
    }

    @Override
    public CompletableFuture<Invalidation> invalidateKeysAsync(Collection<String> keys) {
        return later(keys(keys));
    }

    @Override
    public CompletableFuture<Invalidation> invalidateByTagAsync(String... tags) {
        return later(tags(tags));
    }

    @Override
    public CompletableFuture<Invalidation> invalidateByPatternAsync(String glob) {
        return later(pattern(glob));
    }

    @Override
    public CompletableFuture<Invalidation> invalidateCacheAsync(String cache) {
        return later(cleared(cache));
    }

    @Override
    public CompletableFuture<Invalidation> invalidateAllAsync() {
        return later(everywhere(new Event.All()));
    }

    @Override
    public TagMembers members(String tag, int limit) {
        return CallerThread.call(node.environment().executor(), steps -> list(tag, limit));
    }

    @Override
    public CompletableFuture<TagMembers> membersAsync(String tag, int limit) {
        return list(tag, limit).thenCompose(this::handedOver);
    }

    private List<Sending> keys(Collection<String> keys) {
        Map<String, List<String>> byDomain = new LinkedHashMap<>();
        for (String key : keys) {
            String domain = catalog.requireKey(key).policy().domain();
            byDomain.computeIfAbsent(domain, name -> new ArrayList<>()).add(key);
        }
        List<Sending> sendings = new ArrayList<>();
        if (byDomain.isEmpty()) {
            byDomain.put(domains.keySet().iterator().next(), List.of());
        }
        byDomain.forEach((domain, all) -> {
            int from = 0;
            do {
                int to = Math.min(all.size(), from + KEYS_PER_EVENT);
                sendings.add(new Sending(invalidator(domain), new Event.Keys(all.subList(from, to))));
                from = to;
            } while (from < all.size());
        });
        return sendings;
    }

    private List<Sending> tags(String... tags) {
        for (String tag : tags) {
            Tags.checked(tag);
        }
        return everywhere(new Event.Tags(List.of(tags)));
    }

    private List<Sending> pattern(String glob) {
        return everywhere(new Event.Pattern(Glob.compile(glob).toString()));
    }

    private List<Sending> cleared(String cache) {
        String domain = catalog.policy(cache).domain();
        return List.of(new Sending(invalidator(domain), new Event.Cleared(cache)));
    }

    private List<Sending> everywhere(Event event) {
        return domains.values().stream()
                .map(domain -> new Sending(domain.invalidator(), event))
                .toList();
    }

    private Invalidator invalidator(String domain) {
        Domain found = domains.get(domain);
        if (found == null) {
            throw new IllegalStateException("There is no domain '" + domain + "'");
        }
        return found.invalidator();
    }

    private Invalidation now(List<Sending> sendings) {
        return CallerThread.call(node.environment().executor(), steps -> send(sendings));
    }

    private CompletableFuture<Invalidation> later(List<Sending> sendings) {
        return send(sendings).thenCompose(this::handedOver);
    }

    /** Those to one domain go one after the other, so that the last one's position stands for all of them. */
    private CompletableFuture<Invalidation> send(List<Sending> sendings) {
        if (sendings.size() == 1) {
            return sendings.get(0).send();
        }
        List<Invalidation> receipts = new ArrayList<>();
        CompletableFuture<Void> sent = CompletableFuture.completedFuture(null);
        for (Sending sending : sendings) {
            sent = sent.thenCompose(before -> sending.send()).thenAccept(receipts::add);
        }
        return sent.thenApply(
                done -> new Several(List.copyOf(receipts), node.environment().clock()));
    }

    private CompletableFuture<TagMembers> list(String tag, int limit) {
        CompletableFuture<TagMembers> all =
                CompletableFuture.completedFuture(new TagMembers(tag, OptionalLong.of(0), List.of()));
        for (Domain domain : domains.values()) {
            all = all.thenCombine(domain.listing().list(tag, limit), (one, other) -> both(one, other, limit));
        }
        return all;
    }

    private static TagMembers both(TagMembers one, TagMembers other, int limit) {
        Set<String> keys = new LinkedHashSet<>(one.keys());
        keys.addAll(other.keys());
        boolean known = one.isKnown() && other.isKnown();
        OptionalLong count =
                known ? OptionalLong.of(one.count().getAsLong() + other.count().getAsLong()) : OptionalLong.empty();
        return new TagMembers(one.tag(), count, keys.stream().limit(limit).toList());
    }

    /** Completes on the executor, so that callers do not run on an I/O thread. */
    private <T> CompletableFuture<T> handedOver(T result) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            node.environment().executor().execute(() -> answer.complete(result));
        } catch (RejectedExecutionException saturated) {
            answer.complete(result);
        }
        return answer;
    }

    private record Sending(Invalidator to, Event event) {

        CompletableFuture<Invalidation> send() {
            return to.invalidate(event);
        }
    }
}
