/** The PostgreSQL and Redis that the application starts where none are configured. */
@NullMarked
package io.r3mes.backend.embedded;

import org.jspecify.annotations.NullMarked;
