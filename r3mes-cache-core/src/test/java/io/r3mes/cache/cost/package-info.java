/** What a call costs, in numbers that are the same in each run: commands, round trips, bytes, allocations, loads. */
@NullMarked
package io.r3mes.cache.cost;

import org.jspecify.annotations.NullMarked;
