/** Costs of single calls, by JMH, which fills the fields of its states before it calls them. */
@NullUnmarked
package io.r3mes.cache.benchmarks.micro;

import org.jspecify.annotations.NullUnmarked;
