package io.r3mes.cache.cost;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A command that a node sent, and what it and its answer take on the wire.
 *
 * @param words as sent, the command first
 * @param sent bytes of the command
 * @param received bytes of the answer
 */
record Exchange(List<byte[]> words, int sent, int received) {

    /** The longest answer that says nothing. */
    private static final int EMPTY = 5;

    private static final Set<String> WITHOUT_KEYS = Set.of("SCAN", "HELLO", "CLIENT", "AUTH", "PING", "INFO", "ECHO");

    /** The command and what kinds of keys it names, such as {@code EVALSHA value lease}. */
    String name() {
        return String.join(
                " ",
                Stream.concat(Stream.of(command()), keys().map(Exchange::kind).distinct())
                        .toList());
    }

    private String command() {
        return text(words.get(0)).toUpperCase(Locale.ROOT);
    }

    private Stream<String> keys() {
        String command = command();
        if (command.startsWith("EVAL")) {
            int count = Integer.parseInt(text(words.get(2)));
            return words.subList(3, 3 + count).stream().map(Exchange::text);
        }
        if (command.equals("MGET")) {
            return words.stream().skip(1).map(Exchange::text);
        }
        return WITHOUT_KEYS.contains(command) || words.size() < 2 ? Stream.empty() : Stream.of(text(words.get(1)));
    }

    /** Whether a node sends it whatever its callers do: opening a connection, beats, and waiting for the log. */
    boolean isBackground() {
        String command = command();
        return Set.of("HELLO", "CLIENT", "AUTH", "PING", "INFO", "XREAD").contains(command)
                || (command.startsWith("EVAL")
                        && keys().anyMatch(key -> kind(key).equals("nodes")));
    }

    /** Whether a wait for the log brought events. */
    boolean isDelivery() {
        return command().equals("XREAD") && received > EMPTY;
    }

    private static String kind(String key) {
        if (!key.startsWith("{")) {
            return "value";
        }
        String[] parts = key.substring(key.indexOf('}') + 2).split(":", 2);
        return parts[0].replaceAll("\\d+$", "");
    }

    private static String text(byte[] word) {
        return new String(word, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return name() + " (" + sent + " bytes, answer " + received + ")";
    }
}
