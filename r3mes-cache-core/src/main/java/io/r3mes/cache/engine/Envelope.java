package io.r3mes.cache.engine;

import io.r3mes.cache.spi.ValueHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The stored form of an entry: a header, its tags, its payload and a checksum over all of them.
 *
 * <pre>
 * 0   magic 'R'     1  version      2  flags        3  load time
 * 4   generation    12 birth        20 expiry       28 number of tags (2 bytes)
 * 30  tags, each with its length (2 bytes); then the payload; then CRC-32C (4 bytes)
 * </pre>
 *
 * <p>Fields are read where they lie, and tags become text only where one is not known already.
 *
 * @param bytes the whole stored value
 * @param payloadOffset where the payload begins
 */
record Envelope(byte[] bytes, int payloadOffset) {

    static final byte NULL = ValueHeader.NULL;
    static final byte ENCRYPTED = 2;

    private static final byte VERSION = 1;
    private static final int FIXED = 30;
    private static final int CHECKSUM = 4;
    private static final int LOAD_TIME_OFFSET = 3;
    private static final int EXPIRY_OFFSET = 20;
    private static final int COUNT_OFFSET = 28;

    /**
     * @param expiresAtMicros server time, microseconds since the epoch
     * @param loadTime see {@link LoadTime}; it decides nothing about validity
     */
    record Header(byte flags, long generation, long birth, long expiresAtMicros, byte loadTime) {}

    /** Why bytes are no envelope. */
    static final class UnreadableException extends Exception {

        private static final long serialVersionUID = 1L;

        UnreadableException(String message) {
            super(message);
        }
    }

    /** The bytes before the payload, which an encrypted payload is bound to. */
    static byte[] head(Header header, List<String> tags) {
        byte[][] encoded = new byte[tags.size()][];
        int length = FIXED;
        for (int i = 0; i < encoded.length; i++) {
            encoded[i] = tags.get(i).getBytes(StandardCharsets.UTF_8);
            length += 2 + encoded[i].length;
        }
        ByteBuffer head = ByteBuffer.allocate(length)
                .put(ValueHeader.MAGIC)
                .put(VERSION)
                .put(header.flags())
                .put(header.loadTime())
                .putLong(header.generation())
                .putLong(header.birth())
                .putLong(header.expiresAtMicros())
                .putShort((short) tags.size());
        for (byte[] tag : encoded) {
            head.putShort((short) tag.length).put(tag);
        }
        return head.array();
    }

    static byte[] write(byte[] head, byte[] payload) {
        ByteBuffer bytes = ByteBuffer.allocate(head.length + payload.length + CHECKSUM)
                .put(head)
                .put(payload);
        return bytes.putInt(checksum(bytes.array(), bytes.position())).array();
    }

    static Envelope read(byte[] bytes) throws UnreadableException {
        if (bytes.length < FIXED + CHECKSUM || bytes[0] != ValueHeader.MAGIC) {
            throw new UnreadableException("not written by r3mes-cache");
        }
        if (bytes[1] != VERSION) {
            throw new UnreadableException("format version " + bytes[1]);
        }
        int end = bytes.length - CHECKSUM;
        if ((int) number(bytes, end, CHECKSUM) != checksum(bytes, end)) {
            throw new UnreadableException("checksum mismatch");
        }
        int at = FIXED;
        for (int left = unsignedShort(bytes, COUNT_OFFSET); left > 0; left--) {
            int next = at + 2 <= end ? at + 2 + unsignedShort(bytes, at) : Integer.MAX_VALUE;
            if (next > end) {
                throw new UnreadableException("tags exceed the value");
            }
            at = next;
        }
        return new Envelope(bytes, at);
    }

    boolean has(byte flag) {
        return (bytes[ValueHeader.FLAGS_OFFSET] & flag) != 0;
    }

    /** See {@link LoadTime}; it decides nothing about validity. */
    byte loadTime() {
        return bytes[LOAD_TIME_OFFSET];
    }

    long generation() {
        return number(bytes, ValueHeader.GENERATION_OFFSET, Long.BYTES);
    }

    long birth() {
        return number(bytes, ValueHeader.BIRTH_OFFSET, Long.BYTES);
    }

    /** Server time, microseconds since the epoch. */
    long expiresAtMicros() {
        return number(bytes, EXPIRY_OFFSET, Long.BYTES);
    }

    int payloadLength() {
        return bytes.length - CHECKSUM - payloadOffset;
    }

    List<String> tags() {
        List<String> tags = new ArrayList<>();
        for (int at = FIXED; at < payloadOffset; at += 2 + unsignedShort(bytes, at)) {
            tags.add(new String(bytes, at + 2, unsignedShort(bytes, at), StandardCharsets.UTF_8));
        }
        return tags;
    }

    /** What the entry is of: the subject that was asked for, with the entry's own tags. */
    Subject of(Subject asked) {
        for (int at = FIXED; at < payloadOffset; at += 2 + unsignedShort(bytes, at)) {
            if (!isOneOf(asked.tags(), at)) {
                return asked.withTags(tags());
            }
        }
        return asked;
    }

    /** Whether the tag at a place is one of those. Other characters than ASCII are left to who reads it as text. */
    private boolean isOneOf(List<String> known, int at) {
        int length = unsignedShort(bytes, at);
        for (int i = 0; i < known.size(); i++) {
            String tag = known.get(i);
            if (tag.length() == length && isAscii(tag, at + 2)) {
                return true;
            }
        }
        return false;
    }

    private boolean isAscii(String text, int at) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != bytes[at + i]) {
                return false;
            }
        }
        return true;
    }

    private static int unsignedShort(byte[] bytes, int at) {
        return (int) number(bytes, at, Short.BYTES);
    }

    /** Big-endian. */
    private static long number(byte[] bytes, int at, int length) {
        long number = 0;
        for (int i = at; i < at + length; i++) {
            number = number << Byte.SIZE | Byte.toUnsignedInt(bytes[i]);
        }
        return number;
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
