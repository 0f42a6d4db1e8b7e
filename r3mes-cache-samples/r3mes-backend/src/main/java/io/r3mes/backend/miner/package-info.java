/** Miners: statistics, earnings and hashrate. */
@NullMarked
package io.r3mes.backend.miner;

import org.jspecify.annotations.NullMarked;
