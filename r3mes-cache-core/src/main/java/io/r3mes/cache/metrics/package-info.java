/** The figures of CacheMetrics, the hot-key sketch and the Micrometer binding. The only user of Micrometer. */
@NullMarked
package io.r3mes.cache.metrics;

import org.jspecify.annotations.NullMarked;
