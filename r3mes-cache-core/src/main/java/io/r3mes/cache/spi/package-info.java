/** The ports between the engine and the world. May use the public API only. */
@NullMarked
package io.r3mes.cache.spi;

import org.jspecify.annotations.NullMarked;
