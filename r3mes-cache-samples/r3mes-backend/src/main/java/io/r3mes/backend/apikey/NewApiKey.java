package io.r3mes.backend.apikey;

import io.r3mes.backend.web.Wallet;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

/** Whom a key to be created shall stand for, and what its owner calls it. */
public record NewApiKey(
        @NotNull @Wallet String wallet,
        @NotBlank @Size(max = 100) String name) {}
