package io.r3mes.backend.web;

/** The present state does not allow what a request asks for. */
public final class ConflictException extends RuntimeException {

    public ConflictException(String message) {
        super(message);
    }
}
