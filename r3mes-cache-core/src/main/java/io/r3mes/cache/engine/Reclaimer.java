package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.RemoteStore.Page;
import io.r3mes.cache.spi.RemoteStore.Reclaimed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Frees the memory of entries that an invalidation made invalid: those that a tag names, through the tag index, or by
 * scanning the keys that a rule covers. Removes only entries born before the invalidation. Thread-safe.
 *
 * <p>The first batch of a tag or a scan goes at once; further ones, of all reclaims of this node, take turns and rest in
 * between. A batch is small in number, and the smaller the larger the values are, because a server serves nobody else while
 * it removes one.
 */
final class Reclaimer {

    private final Node node;
    private final Catalog catalog;
    private final Turns turns;

    Reclaimer(Node node, Catalog catalog) {
        this.node = node;
        this.catalog = catalog;
        this.turns = new Turns(node.environment());
    }

    /** Completes with the number of entries removed, fewer if Redis failed meanwhile; never exceptionally. */
    CompletableFuture<Long> reclaim(Event event, long position) {
        if (event instanceof Event.Tags tags) {
            CompletableFuture<Long> count = CompletableFuture.completedFuture(0L);
            for (String tag : tags.tags()) {
                count = count.thenCompose(sum -> byTag(tag, position).thenApply(more -> sum + more));
            }
            return count;
        }
        Scope scope = scope(event);
        if (scope == null) {
            return CompletableFuture.completedFuture(0L);
        }
        Work work = new Work(position, null);
        return work.ended(page(scope, null, work).thenCompose(this::follow));
    }

    /** Ends what is under way after its present batch. */
    void close() {
        turns.close();
    }

    private @Nullable Scope scope(Event event) {
        if (event instanceof Event.Pattern pattern) {
            Glob glob = Glob.compile(pattern.glob());
            return new Scope(glob.literalPrefix(), key -> glob.matches(key) && catalog.owns(key));
        }
        if (event instanceof Event.Cleared cleared) {
            String template = catalog.policy(cleared.cache()).key().text();
            int brace = template.indexOf('{');
            String prefix = brace < 0 ? template : template.substring(0, brace);
            return new Scope(prefix, key -> catalog.isOf(cleared.cache(), key));
        }
        return event instanceof Event.All ? new Scope("", catalog::owns) : null;
    }

    private CompletableFuture<Long> byTag(String tag, long position) {
        Work indexed = new Work(position, tag);
        Work named = new Work(position, null);
        CompletableFuture<Long> namedRemoved = named.ended(named.unlink(catalog.namedBy(tag)));
        return indexed.ended(node.tagIndex()
                        .detach(tag)
                        .toCompletableFuture()
                        .thenCompose(parts -> members(parts, indexed))
                        .thenCompose(this::follow))
                .thenCombine(namedRemoved, Long::sum);
    }

    private CompletableFuture<Void> follow(@Nullable Batch next) {
        return next == null
                ? CompletableFuture.completedFuture(null)
                : turns.next(next::remove).thenCompose(this::follow);
    }

    private CompletableFuture<@Nullable Batch> members(List<String> parts, Work work) {
        if (parts.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        int limit = work.batch.size();
        return node.tagIndex()
                .take(parts.get(0), limit)
                .toCompletableFuture()
                .thenCompose(keys -> work.unlink(keys).thenApply(done -> {
                    List<String> left = keys.size() < limit ? parts.subList(1, parts.size()) : parts;
                    return left.isEmpty() ? null : () -> members(left, work);
                }));
    }

    private CompletableFuture<@Nullable Batch> page(Scope scope, @Nullable String cursor, Work work) {
        return node.remote().scan(scope.prefix(), cursor).toCompletableFuture().thenCompose((Page page) -> {
            List<String> covered = page.keys().stream().filter(scope.covers()).toList();
            return keys(covered, page.cursor() == null ? null : () -> page(scope, page.cursor(), work), work);
        });
    }

    /** Removes the keys of a page in as many batches as it takes, and goes on with the next page. */
    private CompletableFuture<@Nullable Batch> keys(List<String> keys, @Nullable Batch following, Work work) {
        int first = Math.min(keys.size(), work.batch.size());
        return work.unlink(keys.subList(0, first))
                .thenApply(done -> first == keys.size()
                        ? following
                        : () -> keys(keys.subList(first, keys.size()), following, work));
    }

    /** One reclaim; its batches follow each other. */
    private final class Work {

        private final long position;

        /** The tag whose index has the keys; null for keys that no index has. */
        private final @Nullable String tag;

        private final BatchSize batch = new BatchSize();
        private final AtomicLong removed = new AtomicLong();

        Work(long position, @Nullable String tag) {
            this.position = position;
            this.tag = tag;
        }

        /**
         * Removes what was born before the invalidation, and gives members that are younger back to their tag. What does
         * not succeed is left to expire.
         */
        CompletableFuture<Void> unlink(List<String> keys) {
            List<CompletableFuture<Reclaimed>> all = new ArrayList<>(keys.size());
            keys.forEach(key -> all.add(node.remote()
                    .unlinkBornBefore(key, position)
                    .thenCompose(reclaimed -> keep(key, reclaimed))
                    .toCompletableFuture()));
            return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                    .exceptionally(this::report)
                    .thenRun(() -> {
                        List<Reclaimed> done = all.stream()
                                .filter(each -> !each.isCompletedExceptionally())
                                .map(CompletableFuture::join)
                                .toList();
                        removed.addAndGet(
                                done.stream().filter(Reclaimed::removed).count());
                        batch.learn(done);
                    });
        }

        private CompletableFuture<Reclaimed> keep(String key, Reclaimed reclaimed) {
            if (tag == null || reclaimed.kept().isZero()) {
                return CompletableFuture.completedFuture(reclaimed);
            }
            return node.tagIndex()
                    .add(key, List.of(tag), reclaimed.kept())
                    .thenApply(added -> reclaimed)
                    .toCompletableFuture();
        }

        CompletableFuture<Long> ended(CompletableFuture<Void> work) {
            return work.exceptionally(this::report).thenApply(done -> removed.get());
        }

        private @Nullable Void report(Throwable failure) {
            node.observer().unavailable("reclaim", Failures.cause(failure));
            return null;
        }
    }

    /** Does one batch, and completes with the next one, or null after the last. */
    private interface Batch {
        CompletableFuture<@Nullable Batch> remove();
    }

    private record Scope(String prefix, Predicate<String> covers) {}
}
