package io.r3mes.cache.spring.interceptor;

import org.jspecify.annotations.Nullable;

/** Takes one value out of a call. Thread-safe. */
@FunctionalInterface
interface Extractor {

    @Nullable Object from(Call call);
}
