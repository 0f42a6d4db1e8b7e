package io.r3mes.cache;

/** A configuration that cannot work. The message names the setting and says what to change. Thrown at start only. */
public final class CacheConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CacheConfigurationException(String message) {
        super(message);
    }
}
