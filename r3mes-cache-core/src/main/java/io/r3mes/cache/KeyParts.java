package io.r3mes.cache;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An id made of several values, one for each placeholder of a key template, in the order of their first appearance. Equal
 * to another one of equal values. Immutable if its values are; a value is null only where the placeholder allows it.
 */
public final class KeyParts {

    /** The id of a template without placeholders. */
    public static final KeyParts NONE = new KeyParts(0, null, null, new Object[0]);

    /* Most ids have two values, and an id is made on every read: no array for those. */
    private final int size;
    private final @Nullable Object first;
    private final @Nullable Object second;
    /** All values if they are not two. */
    private final @Nullable Object @Nullable [] values;

    private KeyParts(int size, @Nullable Object first, @Nullable Object second, @Nullable Object @Nullable [] values) {
        this.size = size;
        this.first = first;
        this.second = second;
        this.values = values;
    }

    public static KeyParts of(@Nullable Object first, @Nullable Object second) {
        return new KeyParts(2, first, second, null);
    }

    public static KeyParts of(@Nullable Object... values) {
        return switch (values.length) {
            case 0 -> NONE;
            case 2 -> of(values[0], values[1]);
            default -> new KeyParts(values.length, null, null, values.clone());
        };
    }

    /** The values, which cannot be changed. */
    public List<@Nullable Object> values() {
        return new AbstractList<@Nullable Object>() {
            @Override
            public @Nullable Object get(int index) {
                return value(Objects.checkIndex(index, size));
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    /** Whether all values pass a test. */
    public boolean all(Predicate<? super @Nullable Object> test) {
        for (int i = 0; i < size; i++) {
            if (!test.test(value(i))) {
                return false;
            }
        }
        return true;
    }

    private @Nullable Object value(int index) {
        return values != null ? values[index] : index == 0 ? first : second;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeyParts that
                && size == that.size
                && Objects.equals(first, that.first)
                && Objects.equals(second, that.second)
                && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return values != null ? Arrays.hashCode(values) : 31 * Objects.hashCode(first) + Objects.hashCode(second);
    }

    @Override
    public String toString() {
        return values().toString();
    }
}
