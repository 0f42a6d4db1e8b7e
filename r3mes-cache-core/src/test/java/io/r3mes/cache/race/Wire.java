package io.r3mes.cache.race;

import io.r3mes.cache.spi.Event;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** One connection between the JVMs of a race, used by one call at a time. */
final class Wire implements AutoCloseable {

    private final Socket socket;
    final DataInputStream in;
    final DataOutputStream out;

    Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    }

    static Wire to(int port) throws IOException {
        return new Wire(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** What the parent asks for. */
    enum Request {
        OPEN,
        CLOSE,
        GET,
        GET_IF_PRESENT,
        REFRESH,
        TICKET,
        STORE,
        INVALIDATE,
        POSITION,
        APPLIED
    }

    /** What the child says. */
    enum Answer {
        /** Wants a version from the loader of the call. */
        LOAD,
        RESULT,
        FAILED
    }

    void write(Enum<?> word) throws IOException {
        out.writeByte(word.ordinal());
    }

    Request request() throws IOException {
        return Request.values()[in.readByte()];
    }

    Answer answer() throws IOException {
        return Answer.values()[in.readByte()];
    }

    void write(List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            out.writeUTF(text);
        }
    }

    List<String> texts() throws IOException {
        List<String> texts = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            texts.add(in.readUTF());
        }
        return texts;
    }

    void write(Event event) throws IOException {
        out.writeUTF(event.getClass().getSimpleName());
        write(texts(event));
    }

    Event event() throws IOException {
        String kind = in.readUTF();
        List<String> texts = texts();
        return switch (kind) {
            case "Keys" -> new Event.Keys(texts);
            case "Tags" -> new Event.Tags(texts);
            case "Pattern" -> new Event.Pattern(texts.get(0));
            case "Cleared" -> new Event.Cleared(texts.get(0));
            case "All" -> new Event.All();
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private static List<String> texts(Event event) {
        if (event instanceof Event.Keys keys) {
            return keys.keys();
        } else if (event instanceof Event.Tags tags) {
            return tags.tags();
        } else if (event instanceof Event.Pattern pattern) {
            return List.of(pattern.glob());
        } else if (event instanceof Event.Cleared cleared) {
            return List.of(cleared.cache());
        }
        return List.of();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
