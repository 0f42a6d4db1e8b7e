package io.r3mes.cache.engine;

import org.jspecify.annotations.Nullable;

/** What the remote store has for a key, after judgement. */
sealed interface Found {

    /** A valid entry, decoded. */
    record Hit(@Nullable Object value, Envelope envelope) implements Found {}

    /** Nothing, or an entry that is covered by an invalidation, foreign, expired or unreadable. */
    record Miss() implements Found {
        static final Miss INSTANCE = new Miss();
    }

    /** The store or the log did not answer, so nothing is known. */
    record Unavailable() implements Found {
        static final Unavailable INSTANCE = new Unavailable();
    }
}
