package io.r3mes.cache;

import org.jspecify.annotations.Nullable;

/** A configuration that cannot work. The message names the setting and says what to change. Thrown at start only. */
public final class CacheConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String remedy;

    public CacheConfigurationException(String message) {
        super(message);
        this.remedy = null;
    }

    /** The message is the fault followed by the remedy, each a sentence. */
    public CacheConfigurationException(String fault, String remedy) {
        super(fault + " " + remedy);
        this.remedy = remedy;
    }

    /** The part of the message that says what to change, or null if it is not told apart. */
    public @Nullable String remedy() {
        return remedy;
    }
}
