package io.r3mes.backend.user;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What everybody may see of a user.
 *
 * @param lastSeen when the user was last active, or null before the first login
 */
public record UserInfo(
        String wallet,
        String name,
        String email,
        Instant memberSince,
        @Nullable Instant lastSeen) {}
