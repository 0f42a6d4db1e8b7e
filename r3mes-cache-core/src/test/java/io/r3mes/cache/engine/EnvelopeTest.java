package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.r3mes.cache.engine.Envelope.Header;
import io.r3mes.cache.engine.Envelope.UnreadableException;
import io.r3mes.cache.spi.ValueHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {

    private static final Header HEADER =
            new Header((byte) 0, 0x1234_5678_9abc_def0L, 42, 1_700_000_000_000_000L, (byte) 93);

    static Stream<byte[]> corpus() {
        return Stream.of(
                written(List.of(), ""),
                written(List.of(), "{\"wallet\":\"w1\",\"credits\":5}"),
                written(List.of("user:w1", "miner"), "42"),
                written(List.of("täg", "x".repeat(256)), "\"€\""));
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void readsWhatItWrote(byte[] bytes) throws Exception {
        Envelope envelope = Envelope.read(bytes);
        assertThat(header(envelope)).isEqualTo(HEADER);
        byte[] head = Envelope.head(HEADER, envelope.tags());
        int from = envelope.payloadOffset();
        byte[] payload = Arrays.copyOfRange(bytes, from, from + envelope.payloadLength());
        assertThat(Envelope.write(head, payload)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"user:w1", "täg", "miner"})
    void isOfWhatWasAskedForWithTheTagsThatItHas(String tag) throws Exception {
        Envelope envelope = Envelope.read(written(List.of("miner", tag), "42"));
        Subject asked = new Subject("cache", "key", List.of("miner", "other"));
        List<String> tags = envelope.of(asked).tags();
        assertThat(tags).startsWith("miner", "other").contains(tag).doesNotHaveDuplicates();
        Subject complete = new Subject("cache", "key", List.of("other", tag, "miner"));
        assertThat(envelope.of(complete)).isSameAs(complete);
    }

    @Test
    void takesNoTagForAnotherOfItsLength() throws Exception {
        Envelope envelope = Envelope.read(written(List.of("user:w1"), "42"));
        Subject asked = new Subject("cache", "key", List.of("user:w2"));
        assertThat(envelope.of(asked).tags()).containsExactly("user:w2", "user:w1");
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void carriesItsBirthWhereAStoreLooksForIt(byte[] bytes) {
        assertThat(bytes[0]).isEqualTo(ValueHeader.MAGIC);
        assertThat(ByteBuffer.wrap(bytes).getLong(ValueHeader.BIRTH_OFFSET)).isEqualTo(42);
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void detectsEveryChangeOfOneByte(byte[] bytes) {
        for (int at = 0; at < bytes.length; at++) {
            for (int change = 1; change < 256; change++) {
                byte[] changed = bytes.clone();
                changed[at] ^= (byte) change;
                assertThatExceptionOfType(UnreadableException.class).isThrownBy(() -> Envelope.read(changed));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void detectsEveryTruncation(byte[] bytes) {
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatExceptionOfType(UnreadableException.class).isThrownBy(() -> Envelope.read(cut));
        }
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void refusesTagsThatExceedTheValueThoughTheChecksumFits(byte[] bytes) {
        for (int count : new int[] {3, 1_000, 65_535}) {
            byte[] changed = bytes.clone();
            ByteBuffer.wrap(changed).putShort(28, (short) count);
            assertUnreadable(sealed(changed));
        }
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void namesAVersionThatItDoesNotKnow(byte[] bytes) {
        byte[] changed = bytes.clone();
        changed[1] = 9;
        assertThatExceptionOfType(UnreadableException.class)
                .isThrownBy(() -> Envelope.read(sealed(changed)))
                .withMessage("format version 9");
    }

    private static Header header(Envelope envelope) {
        byte flags = (byte) ((envelope.has(Envelope.NULL) ? Envelope.NULL : 0)
                | (envelope.has(Envelope.ENCRYPTED) ? Envelope.ENCRYPTED : 0));
        return new Header(
                flags, envelope.generation(), envelope.birth(), envelope.expiresAtMicros(), envelope.loadTime());
    }

    private static void assertUnreadable(byte[] bytes) {
        assertThatExceptionOfType(UnreadableException.class).isThrownBy(() -> Envelope.read(bytes));
    }

    private static byte[] written(List<String> tags, String payload) {
        return Envelope.write(Envelope.head(HEADER, tags), payload.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] sealed(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - 4);
        ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
        return bytes;
    }
}
