package io.r3mes.cache.spring;

import io.r3mes.cache.runtime.R3mesCache;

/**
 * Changes the auto-configured cache manager before it is built, after all properties are applied. Every bean of this type
 * is called, in its order.
 */
@FunctionalInterface
public interface R3mesCacheCustomizer {

    void customize(R3mesCache builder);
}
