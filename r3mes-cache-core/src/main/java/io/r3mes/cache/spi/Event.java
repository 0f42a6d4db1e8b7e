package io.r3mes.cache.spi;

import java.util.List;

/** What an invalidation covers. Its texts hold no control characters. */
public sealed interface Event {

    /** The entries of these keys. */
    record Keys(List<String> keys) implements Event {
        public Keys {
            keys = List.copyOf(keys);
        }
    }

    /** Every entry that carries at least one of the tags. */
    record Tags(List<String> tags) implements Event {
        public Tags {
            tags = List.copyOf(tags);
        }
    }

    /** Every key that the glob matches. */
    record Pattern(String glob) implements Event {}

    /** Every entry of one cache. */
    record Cleared(String cache) implements Event {}

    /** Every entry of every cache. */
    record All() implements Event {}

    /** Covers nothing: begins a log. */
    record Marker() implements Event {}
}
