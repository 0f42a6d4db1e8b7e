package io.r3mes.cache.redis;

import org.jspecify.annotations.Nullable;

/** No connection to Redis exists at the moment, or too few replicas have what was sent. */
public final class RedisUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RedisUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }
}
