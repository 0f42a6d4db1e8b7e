/** The races that must count zero: each a loop of adversarial rounds against a real Redis. */
@NullMarked
package io.r3mes.cache.race;

import org.jspecify.annotations.NullMarked;
