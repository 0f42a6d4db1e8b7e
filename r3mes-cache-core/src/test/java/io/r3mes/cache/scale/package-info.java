/**
 * Large numbers on a real Redis, in a short form and, with {@code -Dr3mes.faults=long}, in a long one; and what a coherence
 * domain costs, measured with {@code -Dr3mes.scale=measure}.
 */
@NullMarked
package io.r3mes.cache.scale;

import org.jspecify.annotations.NullMarked;
