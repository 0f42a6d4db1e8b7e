package io.r3mes.cache.spi;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Which keys carry a tag, as far as known: for counting and for reclaiming memory, never for correctness.
 *
 * <p>Methods never block; a stage that completes exceptionally means that the index did not answer.
 */
public interface TagIndex {

    /** Notes that a key carries tags for as long as its entry lives. */
    CompletionStage<Void> add(String key, Collection<String> tags, Duration ttl);

    /** Sets the present members of a tag aside, so that later additions are not among them; null if there are none. */
    CompletionStage<@Nullable String> detach(String tag);

    /** Takes up to {@code limit} members out of a detached set; empty once it is used up. */
    CompletionStage<List<String>> take(String detached, int limit);
}
