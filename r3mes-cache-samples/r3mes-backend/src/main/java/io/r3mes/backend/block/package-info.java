/** Blocks and transactions: the chain and its events. */
@NullMarked
package io.r3mes.backend.block;

import org.jspecify.annotations.NullMarked;
