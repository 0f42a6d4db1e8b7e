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
 * @param bytes the whole stored value
 * @param payload where the payload lies in it
 */
record Envelope(Header header, List<String> tags, byte[] bytes, Slice payload) {

    static final byte NULL = ValueHeader.NULL;
    static final byte ENCRYPTED = 2;

    private static final byte VERSION = 1;
    private static final int FIXED = 30;
    private static final int CHECKSUM = 4;

    /**
     * @param expiresAtMicros server time, microseconds since the epoch
     * @param loadTime see {@link LoadTime}; it decides nothing about validity
     */
    record Header(byte flags, long generation, long birth, long expiresAtMicros, byte loadTime) {

        boolean has(byte flag) {
            return (flags & flag) != 0;
        }
    }

    record Slice(int offset, int length) {}

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
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (buffer.getInt(end) != checksum(bytes, end)) {
            throw new UnreadableException("checksum mismatch");
        }
        Header header = new Header(bytes[2], buffer.getLong(4), buffer.getLong(12), buffer.getLong(20), bytes[3]);
        int count = Short.toUnsignedInt(buffer.getShort(28));
        List<String> tags = count == 0 ? List.of() : new ArrayList<>(count);
        int at = FIXED;
        for (int i = 0; i < count; i++) {
            int length = at + 2 <= end ? Short.toUnsignedInt(buffer.getShort(at)) : end;
            if (at + 2 + length > end) {
                throw new UnreadableException("tags exceed the value");
            }
            tags.add(new String(bytes, at + 2, length, StandardCharsets.UTF_8));
            at += 2 + length;
        }
        return new Envelope(header, tags, bytes, new Slice(at, end - at));
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
