package io.r3mes.cache.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A reply that proves that Redis did not run the command, so that it may be sent again with the same arguments. A time-out
 * and a lost connection prove nothing.
 */
enum Refusal {
    /** The server does not know the script. */
    NOSCRIPT,
    /** Keys of the command are on both sides of a slot's migration, or on neither. */
    TRYAGAIN,
    /** The slot is elsewhere; Lettuce has followed as often as it does. */
    MOVED,
    /** The key is elsewhere, for this time; Lettuce has followed as often as it does. */
    ASK,
    /** The server is a replica: it was demoted. */
    READONLY,
    /** The server is a replica that has lost its master. */
    MASTERDOWN,
    /** The server does not know who serves the slot. */
    CLUSTERDOWN,
    /** The server has started and reads its data. */
    LOADING,
    /** The server runs a script that does not end. */
    BUSY;

    static @Nullable Refusal of(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        String message = cause instanceof RedisCommandExecutionException ? cause.getMessage() : null;
        if (message == null) {
            return null;
        }
        for (Refusal refusal : values()) {
            if (message.startsWith(refusal.name())) {
                return refusal;
            }
        }
        return inScript(message);
    }

    /** Whether a server that takes the command may be found within milliseconds. */
    boolean isPassing() {
        return this == TRYAGAIN || this == MOVED || this == ASK;
    }

    /** Whether the server answers, but serves nobody at the moment. */
    boolean isOfNoUse() {
        return this == LOADING || this == BUSY || this == CLUSTERDOWN || this == MASTERDOWN;
    }

    /** Whether the server does not serve as master. */
    boolean isDemotion() {
        return this == READONLY || this == MASTERDOWN;
    }

    /** Before Redis 7, an error within a script stands in the middle of its message. Scripts of ours read before they write. */
    private static @Nullable Refusal inScript(String message) {
        return message.toUpperCase(Locale.ROOT).contains(" -READONLY ") ? READONLY : null;
    }
}
