/** The application. */
@NullMarked
package io.r3mes.backend;

import org.jspecify.annotations.NullMarked;
