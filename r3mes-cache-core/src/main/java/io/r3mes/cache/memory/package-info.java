/** The ports in memory: the same semantics without Redis, for one node or for several in one JVM. */
@NullMarked
package io.r3mes.cache.memory;

import org.jspecify.annotations.NullMarked;
