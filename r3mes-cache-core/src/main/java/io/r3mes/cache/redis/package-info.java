/** The remote store, log and tag index over Lettuce and Redis. The only user of Lettuce. */
@NullMarked
package io.r3mes.cache.redis;

import org.jspecify.annotations.NullMarked;
