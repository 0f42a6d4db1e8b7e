package io.r3mes.cache;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An id made of several values, one for each placeholder of a key template, in the order of their first appearance.
 *
 * @param values immutable; a value is null only where the placeholder allows it
 */
public record KeyParts(List<@Nullable Object> values) {

    /** The id of a template without placeholders. */
    public static final KeyParts NONE = new KeyParts(List.of());

    public KeyParts {
        values = Collections.unmodifiableList(Arrays.asList(values.toArray()));
    }

    public static KeyParts of(@Nullable Object... values) {
        return new KeyParts(Arrays.asList(values));
    }
}
