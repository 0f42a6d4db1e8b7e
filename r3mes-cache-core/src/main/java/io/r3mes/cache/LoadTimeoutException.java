package io.r3mes.cache;

/**
 * A read found nothing, and its loader or the one it waited for took longer than {@code load.timeout}. The loader goes on,
 * and what it returns is stored for later callers. Thrown only where that time-out is set.
 */
public final class LoadTimeoutException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public LoadTimeoutException(String message) {
        super(message);
    }
}
