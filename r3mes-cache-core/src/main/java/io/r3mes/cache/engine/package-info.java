/** The read path, the invalidation path and the timeline. Knows ports only. */
@NullMarked
package io.r3mes.cache.engine;

import org.jspecify.annotations.NullMarked;
