package io.r3mes.cache;

/** An id or a raw key that no cache entry can have. The message names the template and the part at fault, not its value. */
public final class CacheKeyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public CacheKeyException(String message) {
        super(message);
    }
}
