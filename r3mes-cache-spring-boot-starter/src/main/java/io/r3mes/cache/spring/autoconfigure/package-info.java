/** The auto-configuration: properties, the application's Redis, the cache manager, health, metrics and life cycle. */
@NullMarked
package io.r3mes.cache.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
