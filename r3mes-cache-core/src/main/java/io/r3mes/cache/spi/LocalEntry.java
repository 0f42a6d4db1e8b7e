package io.r3mes.cache.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decoded value in the near cache with what is needed to judge it. Thread-safe.
 *
 * <p>{@code seen} and {@code verifiedVersion} only save work: racing writers leave either value, both of which were true.
 */
public final class LocalEntry {

    private final @Nullable Object value;
    private final String key;
    private final List<String> tags;
    private final long generation;
    private final long birth;
    private final long expiresAtNanos;
    private final long refreshAtNanos;
    private volatile long seen;
    private volatile long verifiedVersion = Long.MIN_VALUE;

    public LocalEntry(@Nullable Object value, String key, List<String> tags, Birth birth, Times times) {
        this.value = value;
        this.key = key;
        this.tags = tags;
        this.generation = birth.generation();
        this.birth = birth.position();
        this.seen = birth.seen();
        this.expiresAtNanos = times.expiresAtNanos();
        this.refreshAtNanos = times.refreshAtNanos();
    }

    public @Nullable Object value() {
        return value;
    }

    public String key() {
        return key;
    }

    public List<String> tags() {
        return tags;
    }

    public long generation() {
        return generation;
    }

    public long birth() {
        return birth;
    }

    public long expiresAtNanos() {
        return expiresAtNanos;
    }

    public long refreshAtNanos() {
        return refreshAtNanos;
    }

    /** The position at which the entry was last proved valid. */
    public long seen() {
        return seen;
    }

    /** The version of the timeline at which the entry was last proved valid. */
    public long verifiedVersion() {
        return verifiedVersion;
    }

    public void verified(long version, long seenAt) {
        seen = seenAt;
        verifiedVersion = version;
    }

    /**
     * Where an entry stands in the log.
     *
     * @param position a lower bound on the database snapshot that the value was read from
     * @param seen the position at which it was proved valid
     */
    public record Birth(long generation, long position, long seen) {}

    /** Monotonic times of the node's clock, in nanoseconds; {@code refreshAtNanos} is the expiry where there is none. */
    public record Times(long expiresAtNanos, long refreshAtNanos) {}
}
