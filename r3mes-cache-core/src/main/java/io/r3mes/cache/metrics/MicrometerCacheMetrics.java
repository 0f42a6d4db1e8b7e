package io.r3mes.cache.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.r3mes.cache.CoherenceStatus;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The figures of {@link RecordingMetrics} as meters: {@code cache.gets} and {@code cache.size} by Micrometer's own names,
 * the rest as {@code r3mes.cache.*}. Tags name a cache, never a key, a cache tag or an id. Binds the caches known at that
 * time.
 */
public final class MicrometerCacheMetrics implements MeterBinder {

    private static final Tags MANAGER = Tags.of("cache.manager", "r3mes");

    private final RecordingMetrics metrics;
    private final Supplier<CoherenceStatus> status;

    public MicrometerCacheMetrics(RecordingMetrics metrics, Supplier<CoherenceStatus> status) {
        this.metrics = metrics;
        this.status = status;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        metrics.names().forEach(cache -> bindCache(new Source<>(registry, metrics.of(cache), tags(cache))));
        bindNode(new Source<>(registry, metrics, MANAGER));
    }

    private static Tags tags(String cache) {
        return MANAGER.and("cache", cache, "name", cache);
    }

    private static void bindCache(Source<CacheFigures> cache) {
        cache.counter("cache.gets", "Reads that found a value", Tags.of("result", "hit"), MicrometerCacheMetrics::hits);
        cache.counter("cache.gets", "Reads that found no value", Tags.of("result", "miss"), of(Figure.MISSES));
        cache.counter("r3mes.cache.tier.gets", "Reads served by a tier", Tags.of("tier", "l1"), of(Figure.LOCAL_HITS));
        cache.counter("r3mes.cache.tier.gets", "Reads served by a tier", Tags.of("tier", "l2"), of(Figure.REMOTE_HITS));
        cache.counter("r3mes.cache.loads", "Calls of a loader", Tags.of("result", "success"), of(Figure.LOADS));
        cache.counter("r3mes.cache.loads", "Calls of a loader", Tags.of("result", "failure"), of(Figure.LOAD_FAILURES));
        cache.counter("r3mes.cache.joined", "Callers that waited for another's load", Tags.empty(), of(Figure.JOINED));
        cache.counter(
                "r3mes.cache.degraded",
                "Misses answered by what was loaded while Redis was away",
                Tags.empty(),
                of(Figure.DEGRADED_HITS));
        cache.counter(
                "r3mes.cache.loads.over.limit",
                "Loads that found too many loaders running for as long as they may wait",
                Tags.empty(),
                of(Figure.OVER_LIMIT));
        cache.counter(
                "r3mes.cache.loads.timed.out",
                "Reads that gave up a load slower than their time-out",
                Tags.empty(),
                of(Figure.TIMED_OUT));
        cache.counter("r3mes.cache.stale", "Reads answered with a value past its TTL", Tags.empty(), of(Figure.STALE));
        cache.counter("r3mes.cache.unreadable", "Undecodable entries in Redis", Tags.empty(), of(Figure.UNREADABLE));
        cache.counter("r3mes.cache.unavailable", "Reads and writes unanswered", Tags.empty(), of(Figure.UNAVAILABLE));
        cache.gauge("cache.size", "Entries in the near cache of this node", CacheFigures::localEntries);
    }

    private void bindNode(Source<RecordingMetrics> node) {
        invalidations(node, "key", NodeFigure.INVALIDATED_KEYS);
        invalidations(node, "tag", NodeFigure.INVALIDATED_TAGS);
        invalidations(node, "pattern", NodeFigure.INVALIDATED_PATTERNS);
        invalidations(node, "cache", NodeFigure.INVALIDATED_CACHES);
        invalidations(node, "all", NodeFigure.INVALIDATED_ALL);
        node.counter(
                "r3mes.cache.coherence.unavailable",
                "Operations on the log that Redis did not answer",
                Tags.empty(),
                of(NodeFigure.UNAVAILABLE));
        node.counter(
                "r3mes.cache.coherence.discontinuities",
                "Times the near cache was dropped for a gap in the log",
                Tags.empty(),
                of(NodeFigure.DISCONTINUITIES));
        node.counter(
                "r3mes.cache.coherence.replayed",
                "Invalidations that Redis lost in a failover and this node sent again",
                Tags.empty(),
                of(NodeFigure.REPLAYED));
        node.counter(
                "r3mes.cache.coherence.fencings",
                "Times the node began to distrust its near cache",
                Tags.empty(),
                of(NodeFigure.FENCED));
        node.counter(
                "r3mes.cache.hot.keys.dropped",
                "Samples of keys lost to contention",
                Tags.empty(),
                RecordingMetrics::droppedKeys);
        node.gauge(
                "r3mes.cache.coherence.fenced",
                "1 while the node distrusts its near cache",
                metrics -> status.get().fenced() ? 1 : 0);
        node.gauge(
                "r3mes.cache.coherence.pending",
                "Invalidations that Redis has yet to acknowledge",
                metrics -> status.get().pending());
        node.gauge(
                "r3mes.cache.redis.circuits.open",
                "Masters of Redis that the node does without, because they have not answered",
                metrics -> status.get().openCircuits());
    }

    private static void invalidations(Source<RecordingMetrics> node, String scope, NodeFigure figure) {
        node.counter("r3mes.cache.invalidations", "Invalidations by this node", Tags.of("scope", scope), of(figure));
    }

    private static double hits(CacheFigures figures) {
        return (double) figures.total(Figure.LOCAL_HITS) + figures.total(Figure.REMOTE_HITS);
    }

    private static ToDoubleFunction<CacheFigures> of(Figure figure) {
        return figures -> figures.total(figure);
    }

    private static ToDoubleFunction<RecordingMetrics> of(NodeFigure figure) {
        return metrics -> metrics.total(figure);
    }

    /** What meters read from, with the tags that all of them share. */
    private record Source<S>(MeterRegistry registry, S state, Tags tags) {

        void counter(String name, String description, Tags more, ToDoubleFunction<S> figure) {
            FunctionCounter.builder(name, state, figure)
                    .description(description)
                    .tags(tags.and(more))
                    .register(registry);
        }

        void gauge(String name, String description, ToDoubleFunction<S> figure) {
            Gauge.builder(name, state, figure)
                    .description(description)
                    .tags(tags)
                    .register(registry);
        }
    }
}
