package io.r3mes.backend.cache;

import java.util.SortedMap;

/** The figures of all caches together and of each. */
record CacheReport(CacheFigures total, SortedMap<String, CacheFigures> caches) {}
