/** The cache's figures and invalidation over HTTP. */
@NullMarked
package io.r3mes.backend.cache;

import org.jspecify.annotations.NullMarked;
