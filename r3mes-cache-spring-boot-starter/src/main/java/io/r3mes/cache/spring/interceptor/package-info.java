/** What the annotations do: plans compiled once per method, the advice that runs them, and transactions. */
@NullMarked
package io.r3mes.cache.spring.interceptor;

import org.jspecify.annotations.NullMarked;
