/** The annotations that cache, replace, invalidate and warm what a method returns. */
@NullMarked
package io.r3mes.cache.spring;

import org.jspecify.annotations.NullMarked;
