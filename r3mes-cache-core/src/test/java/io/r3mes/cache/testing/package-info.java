/** Real servers, and the contracts that every adapter of a port meets. */
@NullMarked
package io.r3mes.cache.testing;

import org.jspecify.annotations.NullMarked;
