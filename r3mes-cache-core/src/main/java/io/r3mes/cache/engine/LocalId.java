package io.r3mes.cache.engine;

import io.r3mes.cache.KeyParts;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The identity of an entry in the near cache: the caller's id itself where that is an immutable value, so that a hit builds
 * no key; otherwise the rendered key.
 */
record LocalId(String key) {

    static boolean isUsableAsIs(Object id) {
        return isValue(id) || (id instanceof KeyParts parts && parts.all(LocalId::isPart));
    }

    private static boolean isPart(@Nullable Object part) {
        return part == null || isValue(part);
    }

    private static boolean isValue(Object id) {
        return id instanceof String
                || id instanceof Long
                || id instanceof Integer
                || id instanceof UUID
                || id instanceof Enum<?>;
    }
}
