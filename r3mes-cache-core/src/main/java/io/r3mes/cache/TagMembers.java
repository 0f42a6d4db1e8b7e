package io.r3mes.cache;

import java.util.List;
import java.util.OptionalLong;

/**
 * The entries that carry a tag, as far as known.
 *
 * @param count how many there are, or empty if Redis did not answer. An estimate: it may include entries that were
 *     invalidated or evicted and are not among {@code keys}; it leaves out what exceeded the most members of a tag.
 * @param keys the keys of some of them, in no particular order; all of them if {@code count} is no higher
 */
public record TagMembers(String tag, OptionalLong count, List<String> keys) {

    /** As many keys as can be asked for. */
    public static final int MOST_KEYS = 1_000;

    public TagMembers {
        keys = List.copyOf(keys);
    }

    /** Whether Redis answered. */
    public boolean isKnown() {
        return count.isPresent();
    }
}
