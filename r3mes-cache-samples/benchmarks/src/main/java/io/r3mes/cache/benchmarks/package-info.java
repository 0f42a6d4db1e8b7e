/** What the cache costs beside what it is built on, and the report of it. */
@NullMarked
package io.r3mes.cache.benchmarks;

import org.jspecify.annotations.NullMarked;
