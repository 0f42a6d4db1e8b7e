package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.RemoteStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Frees the memory of entries that an invalidation made invalid: through the tag index, or by scanning the keys that a rule
 * covers. Removes only entries born before the invalidation, in batches, one after the other. Thread-safe.
 */
final class Reclaimer {

    private static final int BATCH = 256;

    private final Node node;
    private final Catalog catalog;

    Reclaimer(Node node, Catalog catalog) {
        this.node = node;
        this.catalog = catalog;
    }

    /** Completes with the number of entries removed, fewer if Redis failed meanwhile; never exceptionally. */
    CompletableFuture<Long> reclaim(Event event, long position) {
        CompletableFuture<Long> count;
        if (event instanceof Event.Tags tags) {
            count = CompletableFuture.completedFuture(0L);
            for (String tag : tags.tags()) {
                count = count.thenCompose(sum -> byTag(tag, position).thenApply(more -> sum + more));
            }
        } else {
            Scope scope = scope(event);
            count = scope == null ? CompletableFuture.completedFuture(0L) : scan(scope, null, position, 0);
        }
        return count;
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
        return node.tagIndex()
                .detach(tag)
                .toCompletableFuture()
                .thenCompose(detached ->
                        detached == null ? CompletableFuture.completedFuture(0L) : take(detached, position, 0))
                .exceptionally(failure -> failed(failure, 0));
    }

    private CompletableFuture<Long> take(String detached, long position, long sum) {
        return node.tagIndex()
                .take(detached, BATCH)
                .toCompletableFuture()
                .thenCompose(keys -> keys.isEmpty()
                        ? CompletableFuture.completedFuture(sum)
                        : unlink(keys, position)
                                .thenComposeAsync(
                                        more -> take(detached, position, sum + more),
                                        node.environment().executor()));
    }

    private CompletableFuture<Long> scan(Scope scope, @Nullable String cursor, long position, long sum) {
        return node.remote()
                .scan(scope.prefix(), cursor)
                .toCompletableFuture()
                .thenCompose((RemoteStore.Page page) -> {
                    List<String> covered =
                            page.keys().stream().filter(scope.covers()).toList();
                    return unlink(covered, position)
                            .thenComposeAsync(
                                    more -> page.cursor() == null
                                            ? CompletableFuture.completedFuture(sum + more)
                                            : scan(scope, page.cursor(), position, sum + more),
                                    node.environment().executor());
                })
                .exceptionally(failure -> failed(failure, sum));
    }

    private CompletableFuture<Long> unlink(List<String> keys, long position) {
        List<CompletableFuture<Boolean>> all = new ArrayList<>(keys.size());
        keys.forEach(
                key -> all.add(node.remote().unlinkBornBefore(key, position).toCompletableFuture()));
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .thenApply(done -> all.stream().filter(CompletableFuture::join).count());
    }

    private long failed(Throwable failure, long sum) {
        node.observer().unavailable("reclaim", Failures.cause(failure));
        return sum;
    }

    private record Scope(String prefix, Predicate<String> covers) {}
}
