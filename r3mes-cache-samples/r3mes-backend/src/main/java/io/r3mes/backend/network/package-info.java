/** Figures of the whole network. */
@NullMarked
package io.r3mes.backend.network;

import org.jspecify.annotations.NullMarked;
