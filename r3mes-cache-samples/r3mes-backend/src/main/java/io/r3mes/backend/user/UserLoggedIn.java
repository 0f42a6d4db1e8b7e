package io.r3mes.backend.user;

/** A user logged in. */
public record UserLoggedIn(String wallet) {}
