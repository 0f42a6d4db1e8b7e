/** The public API: what an application reads, writes, invalidates, warms and measures. Uses the JDK only. */
@NullMarked
package io.r3mes.cache;

import org.jspecify.annotations.NullMarked;
