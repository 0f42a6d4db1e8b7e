package io.r3mes.cache.redis;

import io.lettuce.core.StreamMessage;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.LogEntry;
import io.r3mes.cache.spi.Marks.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events as the log's fields: a letter for the kind, and the texts, each ended by a line feed. What cannot be read
 * becomes {@link Event.All}, which errs on the side of too many invalidations.
 */
final class LogCodec {

    private LogCodec() {}

    static Encoded encode(Event event) {
        if (event instanceof Event.Keys keys) {
            return encode("k", keys.keys());
        } else if (event instanceof Event.Tags tags) {
            return encode("t", tags.tags());
        } else if (event instanceof Event.Pattern pattern) {
            return encode("p", List.of(pattern.glob()));
        } else if (event instanceof Event.Cleared cleared) {
            return encode("c", List.of(cleared.cache()));
        } else if (event instanceof Event.Marker marker) {
            return encode("m", List.of(Long.toString(marker.generation())));
        }
        return Encoded.ALL;
    }

    static LogEntry decode(StreamMessage<String, byte[]> message) {
        String id = message.getId();
        Map<String, byte[]> fields = message.getBody();
        return new LogEntry(
                Long.parseLong(id.substring(0, id.indexOf('-'))),
                LuaScript.text(fields.get("i")),
                LuaScript.text(fields.get("p")),
                event(LuaScript.text(fields.get("k")), fields.get("v")));
    }

    static Rule rule(String field, long position) {
        String text = field.substring(2);
        return new Rule(field.startsWith("p:") ? new Event.Pattern(text) : new Event.Cleared(text), position);
    }

    static String join(List<String> texts) {
        StringBuilder joined = new StringBuilder();
        texts.forEach(text -> joined.append(text).append('\n'));
        return joined.toString();
    }

    private static Encoded encode(String kind, List<String> texts) {
        boolean readable = texts.stream().noneMatch(text -> text.indexOf('\n') >= 0);
        return readable ? new Encoded(kind, join(texts)) : Encoded.ALL;
    }

    private static Event event(String kind, byte @Nullable [] payload) {
        if (payload == null) {
            return new Event.All();
        }
        List<String> texts = split(LuaScript.text(payload));
        return switch (kind) {
            case "k" -> new Event.Keys(texts);
            case "t" -> new Event.Tags(texts);
            case "p" -> texts.size() == 1 ? new Event.Pattern(texts.get(0)) : new Event.All();
            case "c" -> texts.size() == 1 ? new Event.Cleared(texts.get(0)) : new Event.All();
            case "m" -> texts.size() == 1 ? new Event.Marker(Long.parseLong(texts.get(0))) : new Event.Marker();
            default -> new Event.All();
        };
    }

    private static List<String> split(String joined) {
        List<String> texts = new ArrayList<>();
        int from = 0;
        for (int end = joined.indexOf('\n'); end >= 0; end = joined.indexOf('\n', from)) {
            texts.add(joined.substring(from, end));
            from = end + 1;
        }
        return texts;
    }

    /** An event as it is written. */
    record Encoded(String kind, String payload) {

        private static final Encoded ALL = new Encoded("a", "");
    }
}
