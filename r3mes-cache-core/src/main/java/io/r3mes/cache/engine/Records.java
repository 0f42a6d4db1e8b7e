package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Event;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The last position at which each key, tag and rule was invalidated, bounded in number. Reads take no lock; writes are
 * guarded by the monitor of the timeline that owns it.
 */
final class Records {

    /** As many as the log's own metadata keep. */
    private static final int MOST_RULES = 512;

    private final int maxRecords;
    private final Map<String, Long> keys = new ConcurrentHashMap<>();
    private final Map<String, Long> tags = new ConcurrentHashMap<>();
    private final Deque<Made> order = new ArrayDeque<>();
    /** Newest first. */
    private volatile Rule[] rules = new Rule[0];

    Records(int maxRecords) {
        this.maxRecords = maxRecords;
    }

    boolean coveredAfter(Subject subject, long birth) {
        Long key = keys.get(subject.key());
        if (key != null && key > birth) {
            return true;
        }
        for (String tag : subject.tags()) {
            Long position = tags.get(tag);
            if (position != null && position > birth) {
                return true;
            }
        }
        for (Rule rule : rules) {
            if (rule.position() <= birth) {
                return false;
            }
            if (rule.covers(subject)) {
                return true;
            }
        }
        return false;
    }

    /** Whether every key or tag of the event, or its rule, was invalidated after a position. */
    boolean holdsAfter(Event event, long position) {
        if (event instanceof Event.Keys invalidated) {
            return invalidated.keys().stream().allMatch(key -> keys.getOrDefault(key, Long.MIN_VALUE) > position);
        }
        if (event instanceof Event.Tags invalidated) {
            return invalidated.tags().stream().allMatch(tag -> tags.getOrDefault(tag, Long.MIN_VALUE) > position);
        }
        return Arrays.stream(rules)
                .anyMatch(rule ->
                        rule.position() > position && isReplacedBy(new Rule(event, position, null), rule.event()));
    }

    /** The highest position that must be forgotten before the event fits; the caller raises the floor to it first. */
    long highestToForget(Event event) {
        int excess = order.size() + count(event) - maxRecords;
        long highest = Long.MIN_VALUE;
        for (Made record : order) {
            if (excess-- <= 0) {
                break;
            }
            highest = Math.max(highest, record.position());
        }
        if (isRule(event) && rules.length == MOST_RULES) {
            highest = Math.max(highest, rules[MOST_RULES - 1].position());
        }
        return highest;
    }

    void add(Event event, long position) {
        int excess = order.size() + count(event) - maxRecords;
        for (int i = 0; i < excess && !order.isEmpty(); i++) {
            forget(order.removeFirst());
        }
        if (event instanceof Event.Keys invalidated) {
            invalidated.keys().forEach(key -> put(keys, new Made(Kind.KEY, key, position)));
        } else if (event instanceof Event.Tags invalidated) {
            invalidated.tags().forEach(tag -> put(tags, new Made(Kind.TAG, tag, position)));
        } else if (isRule(event)) {
            addRule(event, position);
        }
    }

    /** A newer rule stands for an older one that covers no more than it does. */
    private void addRule(Event event, long position) {
        rules = Stream.concat(
                        Stream.of(Rule.of(event, position)),
                        Arrays.stream(rules)
                                .filter(older -> older.position() > position || !isReplacedBy(older, event)))
                .sorted(Comparator.comparingLong(Rule::position).reversed())
                .limit(MOST_RULES)
                .toArray(Rule[]::new);
        order.addLast(new Made(Kind.RULE, "", position));
    }

    private static boolean isReplacedBy(Rule older, Event event) {
        return event instanceof Event.All || older.event().equals(event);
    }

    private static boolean isRule(Event event) {
        return !(event instanceof Event.Keys || event instanceof Event.Tags || event instanceof Event.Marker);
    }

    private void put(Map<String, Long> positions, Made made) {
        positions.merge(made.name(), made.position(), Math::max);
        order.addLast(made);
    }

    private void forget(Made record) {
        switch (record.kind()) {
            case KEY -> keys.remove(record.name(), record.position());
            case TAG -> tags.remove(record.name(), record.position());
            case RULE ->
                rules = Arrays.stream(rules)
                        .filter(rule -> rule.position() != record.position())
                        .toArray(Rule[]::new);
        }
    }

    /** How many records an event makes. */
    static int count(Event event) {
        return isRule(event) ? 1 : event.names().size();
    }

    /** For tests: the names recorded, whatever their position. */
    List<String> names() {
        return order.stream().map(Made::name).toList();
    }

    private enum Kind {
        KEY,
        TAG,
        RULE
    }

    private record Made(Kind kind, String name, long position) {}
}
