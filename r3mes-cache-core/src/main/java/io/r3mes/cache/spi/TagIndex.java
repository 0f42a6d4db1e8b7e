package io.r3mes.cache.spi;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Which keys carry a tag, as far as known: for counting, listing and reclaiming memory, never for correctness.
 *
 * <p>A key is a member for as long as its entry was meant to live. Expired members leave a few at a time as a tag is used,
 * and the rest with the tag's last member. A tag has a bounded number of members; above it, those that expire first are
 * dropped.
 *
 * <p>Methods never block; a stage that completes exceptionally means that the index did not answer. No single step keeps
 * the index's server busy in proportion to the number of members.
 */
public interface TagIndex {

    /** How many members a tag has at most, unless configured otherwise. */
    int MOST_MEMBERS = 1_000_000;

    /** Notes that a key carries tags for as long as its entry lives. */
    CompletionStage<Void> add(String key, Collection<String> tags, Duration ttl);

    /** The members of a tag that have not expired. */
    CompletionStage<Members> members(String tag, int limit);

    /**
     * Sets the present members of a tag aside, so that later additions are not among them. Returns the names of the parts
     * that they make up, none if there are no members. Parts that nobody takes expire.
     */
    CompletionStage<List<String>> detach(String tag);

    /** Takes up to {@code limit} members out of a detached part; fewer once it is used up. */
    CompletionStage<List<String>> take(String part, int limit);

    /**
     * How many members there are, and some of them in no particular order.
     *
     * @param keys at most as many as were asked for
     */
    record Members(long count, List<String> keys) {

        public Members {
            keys = List.copyOf(keys);
        }
    }
}
