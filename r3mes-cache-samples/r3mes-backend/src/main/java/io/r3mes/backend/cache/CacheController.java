package io.r3mes.backend.cache;

import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CacheMetrics;
import io.r3mes.cache.KeyCount;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The cache's figures and invalidation over HTTP, for the demo: a real backend keeps them from the public. */
@RestController
@RequestMapping("/api/cache")
class CacheController {

    private static final int TOP = 10;
    private static final int TOP_OF_ALL = 1000;

    private final CacheManager caches;
    private final CacheMetrics metrics;
    private final CacheInvalidator invalidator;

    CacheController(CacheManager caches, CacheMetrics metrics, CacheInvalidator invalidator) {
        this.caches = caches;
        this.metrics = metrics;
        this.invalidator = invalidator;
    }

    @GetMapping("/stats")
    CacheReport stats() {
        List<KeyCount> hits = metrics.topHitKeys(TOP_OF_ALL);
        List<KeyCount> misses = metrics.topMissKeys(TOP_OF_ALL);
        SortedMap<String, CacheFigures> each = new TreeMap<>();
        for (String cache : caches.cacheNames()) {
            each.put(cache, CacheFigures.of(metrics.stats(cache), top(hits, cache), top(misses, cache)));
        }
        return new CacheReport(CacheFigures.of(metrics.stats(), top(hits, null), top(misses, null)), each);
    }

    @PostMapping("/invalidate")
    Receipt invalidate(
            @RequestParam(required = false) @Nullable String tag,
            @RequestParam(required = false) @Nullable String pattern,
            @RequestParam(required = false) @Nullable String key,
            @RequestParam(required = false) @Nullable String cache) {
        return Receipt.of(new InvalidationRequest(tag, pattern, key, cache).apply(invalidator));
    }

    /** A malformed key, tag or pattern, or the name of no cache. */
    @ExceptionHandler
    ProblemDetail malformed(IllegalArgumentException problem) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, String.valueOf(problem.getMessage()));
    }

    private static List<KeyCount> top(List<KeyCount> counts, @Nullable String cache) {
        return counts.stream()
                .filter(count -> cache == null || count.cache().equals(cache))
                .limit(TOP)
                .toList();
    }
}
