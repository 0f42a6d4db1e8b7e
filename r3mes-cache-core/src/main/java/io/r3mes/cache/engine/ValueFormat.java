package io.r3mes.cache.engine;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.ValueCipher;
import io.r3mes.cache.spi.ValueCodec;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes values of one type into envelopes and reads them back. Thread-safe. */
final class ValueFormat {

    private static final byte[] NOTHING = {};

    private final Type type;
    private final CachePolicy.Value policy;
    private final ValueCodec codec;
    private final @Nullable ValueCipher cipher;

    ValueFormat(Type type, CachePolicy.Value policy, ValueCodec codec, @Nullable ValueCipher cipher) {
        this.type = type;
        this.policy = policy;
        this.codec = codec;
        this.cipher = policy.encrypt() ? cipher : null;
    }

    /** What an entry is before it is encoded. */
    record Content(@Nullable Object value, Subject subject, Born born) {}

    /**
     * @param expiresAtMicros server time, microseconds since the epoch
     */
    record Born(long generation, long birth, long expiresAtMicros, byte loadTime) {}

    /** The stored form, or null if the value is larger than the policy allows. */
    byte @Nullable [] encode(Content content) throws Exception {
        Object value = content.value();
        byte[] payload = value == null ? NOTHING : codec.encode(value, type);
        byte flags = (byte) ((value == null ? Envelope.NULL : 0) | (cipher == null ? 0 : Envelope.ENCRYPTED));
        Born born = content.born();
        List<String> tags = content.subject().tags();
        byte[] head = Envelope.head(
                new Envelope.Header(flags, born.generation(), born.birth(), born.expiresAtMicros(), born.loadTime()),
                tags);
        if (cipher != null) {
            payload = cipher.seal(payload, associated(content.subject().key(), head));
        }
        return head.length + payload.length > policy.maxBytes() ? null : Envelope.write(head, payload);
    }

    @Nullable Object decode(Envelope envelope, String key) throws Exception {
        if (envelope.has(Envelope.ENCRYPTED) != (cipher != null)) {
            throw new Envelope.UnreadableException(
                    cipher == null ? "encrypted, but the cache does not encrypt" : "not encrypted");
        }
        byte[] bytes = envelope.bytes();
        int offset = envelope.payloadOffset();
        int length = envelope.payloadLength();
        if (cipher != null) {
            byte[] head = Arrays.copyOf(bytes, offset);
            bytes = cipher.open(bytes, offset, length, associated(key, head));
            offset = 0;
            length = bytes.length;
        }
        return envelope.has(Envelope.NULL) ? null : codec.decode(bytes, offset, length, type);
    }

    private static byte[] associated(String key, byte[] head) {
        byte[] text = key.getBytes(StandardCharsets.UTF_8);
        byte[] associated = Arrays.copyOf(text, text.length + head.length);
        System.arraycopy(head, 0, associated, text.length, head.length);
        return associated;
    }
}
