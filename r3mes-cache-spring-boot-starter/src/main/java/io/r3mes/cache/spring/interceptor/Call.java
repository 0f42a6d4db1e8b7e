package io.r3mes.cache.spring.interceptor;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call of an annotated method: what placeholders and expressions see.
 *
 * @param variables what expressions see besides the arguments: the result, or the application event
 */
record Call(
        Signature signature,
        @Nullable Object target,
        @Nullable Object[] arguments,
        Map<String, @Nullable Object> variables) {

    static final String RESULT = "result";
    static final String EVENT = "event";

    static Call of(Signature signature, @Nullable Object target, @Nullable Object[] arguments) {
        return new Call(signature, target, arguments, Map.of());
    }

    Call with(String variable, @Nullable Object value) {
        Map<String, @Nullable Object> extended = new HashMap<>(variables);
        extended.put(variable, value);
        return new Call(signature, target, arguments, Collections.unmodifiableMap(extended));
    }
}
