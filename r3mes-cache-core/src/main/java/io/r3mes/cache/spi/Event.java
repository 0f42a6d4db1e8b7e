package io.r3mes.cache.spi;

import java.util.List;

/** What an invalidation covers. Its texts hold no control characters. */
public sealed interface Event {

    /** The keys or tags that it names; empty if it covers entries by a property of the whole. */
    default List<String> names() {
        return List.of();
    }

    /** The entries of these keys. */
    record Keys(List<String> keys) implements Event {
        public Keys {
            keys = List.copyOf(keys);
        }

        @Override
        public List<String> names() {
            return keys;
        }
    }

    /** Every entry that carries at least one of the tags. */
    record Tags(List<String> tags) implements Event {
        public Tags {
            tags = List.copyOf(tags);
        }

        @Override
        public List<String> names() {
            return tags;
        }
    }

    /** Every key that the glob matches. */
    record Pattern(String glob) implements Event {}

    /** Every entry of one cache. */
    record Cleared(String cache) implements Event {}

    /** Every entry of every cache. */
    record All() implements Event {}

    /**
     * Covers nothing.
     *
     * @param generation the generation of the log's metadata that begins with it; 0 if it only takes a position
     */
    record Marker(long generation) implements Event {

        /** Takes a position. */
        public Marker() {
            this(0);
        }
    }
}
