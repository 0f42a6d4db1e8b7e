/** The builder: the only place that names concrete adapters. */
@NullMarked
package io.r3mes.cache.runtime;

import org.jspecify.annotations.NullMarked;
