package io.r3mes.backend.web;

/** What a request names does not exist. */
public final class NotFoundException extends RuntimeException {

    public NotFoundException(String message) {
        super(message);
    }

    public static NotFoundException user(String wallet) {
        return new NotFoundException("No user has the wallet '" + wallet + "'.");
    }

    public static NotFoundException miner(String wallet) {
        return new NotFoundException("No miner has the wallet '" + wallet + "'.");
    }
}
