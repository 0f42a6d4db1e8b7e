package io.r3mes.cache.metrics;

/** What is counted for the node as a whole. */
enum NodeFigure {
    UNAVAILABLE,
    FENCED,
    DISCONTINUITIES,
    REPLAYED,
    INVALIDATED_KEYS,
    INVALIDATED_TAGS,
    INVALIDATED_PATTERNS,
    INVALIDATED_CACHES,
    INVALIDATED_ALL
}
