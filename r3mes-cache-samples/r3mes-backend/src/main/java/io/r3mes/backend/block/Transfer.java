package io.r3mes.backend.block;

import io.r3mes.backend.web.Wallet;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;

/** A transaction that waits for its block. */
public record Transfer(
        @NotNull @Wallet String sender,
        @NotNull @Wallet String recipient,
        @Positive long amount) {}
