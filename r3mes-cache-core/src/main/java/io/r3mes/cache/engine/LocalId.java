package io.r3mes.cache.engine;

import java.util.UUID;

/**
 * The identity of an entry in the near cache: the caller's id itself where that is an immutable value, so that a hit builds
 * no key; otherwise the rendered key.
 */
record LocalId(String key) {

    static boolean isUsableAsIs(Object id) {
        return id instanceof String
                || id instanceof Long
                || id instanceof Integer
                || id instanceof UUID
                || id instanceof Enum<?>;
    }
}
