package io.r3mes.cache;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a caller decides about the one value it stores.
 *
 * @param ttl replaces the cache's TTL; null keeps it
 * @param tags added to the tags of the cache's policy
 */
public record EntryOptions(@Nullable Duration ttl, Set<String> tags) {

    private static final int LONGEST_TAG = 256;

    /** TTL and tags as the cache's policy says. */
    public static final EntryOptions DEFAULT = new EntryOptions(null, Set.of());

    public EntryOptions {
        if (ttl != null && !PolicyCheck.isTtl(ttl)) {
            throw new IllegalArgumentException("The TTL must be between 1ms and 36500d, but is " + ttl);
        }
        tags = Set.copyOf(tags);
        for (String tag : tags) {
            if (tag.isEmpty() || tag.length() > LONGEST_TAG || tag.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("A tag has 1 to " + LONGEST_TAG
                        + " characters and no control characters: '" + tag.strip() + "'");
            }
        }
    }

    public static EntryOptions ttl(Duration ttl) {
        return new EntryOptions(ttl, Set.of());
    }

    public EntryOptions withTags(String... added) {
        return new EntryOptions(ttl, Set.copyOf(List.of(added)));
    }
}
