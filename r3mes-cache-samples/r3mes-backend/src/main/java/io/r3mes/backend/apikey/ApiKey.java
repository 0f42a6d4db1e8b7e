package io.r3mes.backend.apikey;

import java.time.Instant;

/** Whom a valid API key stands for. The key itself is not kept anywhere. */
public record ApiKey(String wallet, String name, Instant createdAt) {}
