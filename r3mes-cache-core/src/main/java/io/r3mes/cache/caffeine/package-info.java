/** The near cache over Caffeine. The only user of Caffeine. */
@NullMarked
package io.r3mes.cache.caffeine;

import org.jspecify.annotations.NullMarked;
