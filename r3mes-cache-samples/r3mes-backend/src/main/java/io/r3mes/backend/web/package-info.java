/** What all endpoints share: headers and problem details. */
@NullMarked
package io.r3mes.backend.web;

import org.jspecify.annotations.NullMarked;
