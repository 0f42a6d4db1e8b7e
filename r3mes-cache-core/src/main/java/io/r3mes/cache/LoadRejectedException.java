package io.r3mes.cache;

/**
 * A read found nothing, and as many loaders of its cache as {@code load.max-concurrent} allows were running on this node for
 * as long as it may wait. Thrown only where {@code load.reject-when-full} is set.
 */
public final class LoadRejectedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public LoadRejectedException(String message) {
        super(message);
    }
}
