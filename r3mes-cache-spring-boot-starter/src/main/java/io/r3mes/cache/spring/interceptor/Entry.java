package io.r3mes.cache.spring.interceptor;

import java.util.List;

/** One entry of a cache as an invalidation names it: tags added to single values are unknown here. */
record Entry(String cache, String key, List<String> tags) {}
