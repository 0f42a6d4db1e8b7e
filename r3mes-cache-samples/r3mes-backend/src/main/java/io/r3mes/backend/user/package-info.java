/** Users: profile and credits. */
@NullMarked
package io.r3mes.backend.user;

import org.jspecify.annotations.NullMarked;
