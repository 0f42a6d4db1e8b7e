package io.r3mes.cache.spring.interceptor;

import org.jspecify.annotations.Nullable;

/** An argument of the call as it is. */
record Argument(int index) implements Extractor {

    @Override
    public @Nullable Object from(Call call) {
        return call.arguments()[index];
    }
}
