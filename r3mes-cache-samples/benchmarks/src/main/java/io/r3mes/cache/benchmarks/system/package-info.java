/** Costs of what takes a server, many threads or several JVMs, beside bare Lettuce on the same server in the same run. */
@NullMarked
package io.r3mes.cache.benchmarks.system;

import org.jspecify.annotations.NullMarked;
