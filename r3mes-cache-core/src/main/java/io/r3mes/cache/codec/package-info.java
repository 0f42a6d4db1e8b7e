/** JSON values over Jackson 3 and their encryption. The only user of Jackson. */
@NullMarked
package io.r3mes.cache.codec;

import org.jspecify.annotations.NullMarked;
