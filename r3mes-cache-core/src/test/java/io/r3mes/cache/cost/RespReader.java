package io.r3mes.cache.cost;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes whole messages of the Redis protocol, version 2 or 3, off a stream. */
final class RespReader {

    private final InputStream in;
    private ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private List<byte[]> strings = new ArrayList<>();

    RespReader(InputStream in) {
        this.in = new BufferedInputStream(in, 1 << 16);
    }

    /**
     * One message.
     *
     * @param bytes as they were read
     * @param strings the bulk strings in it, in order
     */
    record Message(byte[] bytes, List<byte[]> strings) {

        /** Whether the server sent it unasked. */
        boolean isPush() {
            return bytes[0] == '>';
        }
    }

    /** The next message; waits for all of it. */
    Message next() throws IOException {
        taken = new ByteArrayOutputStream();
        strings = new ArrayList<>();
        element();
        return new Message(taken.toByteArray(), strings);
    }

    private void element() throws IOException {
        String line = line();
        switch (line.charAt(0)) {
            case '$', '=', '!' -> bulk(size(line));
            case '*', '~', '>' -> elements(size(line));
            case '%' -> elements(2 * size(line));
            default -> {}
        }
    }

    private void elements(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            element();
        }
    }

    private void bulk(int length) throws IOException {
        if (length >= 0) {
            byte[] content = in.readNBytes(length + 2);
            if (content.length < length + 2) {
                throw new EOFException();
            }
            taken.write(content);
            strings.add(Arrays.copyOf(content, length));
        }
    }

    private static int size(String line) {
        return Integer.parseInt(line.substring(1));
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int last = -1, now = in.read(); ; last = now, now = in.read()) {
            if (now < 0) {
                throw new EOFException();
            }
            line.write(now);
            if (last == '\r' && now == '\n') {
                taken.write(line.toByteArray());
                return line.toString(StandardCharsets.ISO_8859_1).strip();
            }
        }
    }
}
