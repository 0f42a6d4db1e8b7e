package io.r3mes.cache.engine;

import org.jspecify.annotations.Nullable;

/** What the remote store has for a key, after judgement. */
sealed interface Found {

    /** A valid entry, decoded. */
    record Hit(@Nullable Object value, Envelope envelope) implements Found {}

    /**
     * An entry that is valid but for its age, decoded. Only a cache that serves stale values has any.
     *
     * @param overdue how long ago it expired at least, in microseconds; negative for one that has yet to
     */
    record Stale(@Nullable Object value, Envelope envelope, long overdue) implements Found {}

    /** Nothing, or an entry that is covered by an invalidation, foreign, expired or unreadable. */
    record Miss() implements Found {
        static final Miss INSTANCE = new Miss();
    }

    /** The store or the log did not answer, so nothing is known. */
    record Unavailable() implements Found {
        static final Unavailable INSTANCE = new Unavailable();
    }
}
