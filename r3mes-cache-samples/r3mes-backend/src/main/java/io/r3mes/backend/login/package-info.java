/** Logging in, which warms what a session reads first. */
@NullMarked
package io.r3mes.backend.login;

import org.jspecify.annotations.NullMarked;
