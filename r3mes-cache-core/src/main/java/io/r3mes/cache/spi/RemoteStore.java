package io.r3mes.cache.spi;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The shared store of encoded values and of the leases on them. Each method that names a key and its lease is one atomic
 * step; nothing is atomic across keys.
 *
 * <p>Keys are without the namespace. Methods never block and are never repeated by the adapter after a lost connection. A
 * stage that completes exceptionally says only that the store did not acknowledge in time. Stages may complete on an I/O
 * thread.
 */
public interface RemoteStore extends AutoCloseable {

    CompletionStage<byte @Nullable []> get(String key);

    /** The values of several keys, in the order of {@code keys}. Parts of the store that do not answer fail for themselves. */
    CompletionStage<Fetched> getAll(List<String> keys);

    /** Takes the lease if nobody holds it, and reads the value in any case. */
    CompletionStage<Claim> acquire(Lease lease);

    /** Takes the lease from whoever holds it. */
    CompletionStage<Void> takeOver(Lease lease);

    /** Prolongs the lease by its duration; false if it is not held. */
    CompletionStage<Boolean> renew(Lease lease);

    /** Gives the lease up if it is held. */
    CompletionStage<Boolean> release(Lease lease);

    /** Writes the value and ends the lease, if the lease is held; else writes nothing and returns false. */
    CompletionStage<Boolean> store(Lease lease, byte[] value, Duration ttl);

    /** Removes value and lease; true if there was a value. */
    CompletionStage<Boolean> unlink(String key);

    /** Removes the value, and the lease unless it is this one; true if there was a value. */
    CompletionStage<Boolean> unlinkKeeping(Lease lease);

    /** Removes a value born before {@code position}, or unreadable ({@link ValueHeader}). */
    CompletionStage<Reclaimed> unlinkBornBefore(String key, long position);

    /** Where several values stand in the log, in the order of {@code keys}, null where there is none or it is unreadable. */
    CompletionStage<List<@Nullable Born>> births(List<String> keys);

    /**
     * One page of the keys that begin with {@code prefix}. A key may come twice; a key present throughout the scan comes
     * at least once.
     *
     * @param cursor null for the first page
     */
    CompletionStage<Page> scan(String prefix, @Nullable String cursor);

    /**
     * A number that changes whenever the servers that answer for values, or the connections to them, may have changed.
     * Read before a request is sent, and unchanged when its answer arrives, it says that the answer came from servers that
     * were the masters before.
     */
    long epoch();

    /**
     * A number that changes when servers of their own, apart from the log's, have become masters of some values, and may
     * have lost removals that were acknowledged.
     */
    long takeovers();

    /** How many servers the store does without at the moment, because they have not answered. */
    default int openCircuits() {
        return 0;
    }

    @Override
    void close();

    /**
     * What became of one value.
     *
     * @param removed whether there was one, and it is removed
     * @param bytes its size if it is removed
     * @param kept how long a younger one, which stays, has to live; zero if there is none
     */
    record Reclaimed(boolean removed, long bytes, Duration kept) {

        public static final Reclaimed NOTHING = new Reclaimed(false, 0, Duration.ZERO);

        public static Reclaimed kept(Duration life) {
            return new Reclaimed(false, 0, life);
        }
    }

    /**
     * Generation and birth of a stored value.
     *
     * @param ofNull whether the value stands for null
     */
    record Born(long generation, long position, boolean ofNull) {

        /** Reads the beginning of a stored value; null if it is none. */
        public static @Nullable Born of(byte @Nullable [] value) {
            if (value == null || value.length < ValueHeader.BIRTH_END || value[0] != ValueHeader.MAGIC) {
                return null;
            }
            ByteBuffer bytes = ByteBuffer.wrap(value);
            return new Born(
                    bytes.getLong(ValueHeader.GENERATION_OFFSET),
                    bytes.getLong(ValueHeader.BIRTH_OFFSET),
                    (value[ValueHeader.FLAGS_OFFSET] & ValueHeader.NULL) != 0);
        }
    }

    /**
     * @param cursor of the next page, or null after the last
     */
    record Page(List<String> keys, @Nullable String cursor) {}
}
