package io.r3mes.backend.user;

/** The credits that a wallet holds. */
public record UserCredits(String wallet, long credits) {}
