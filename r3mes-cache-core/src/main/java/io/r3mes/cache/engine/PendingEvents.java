package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Event;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the invalidations cover that the log has yet to acknowledge: an entry of any birth. An event that was added twice
 * is removed twice. Reads take no lock; writes are guarded by the monitor of the timeline that owns it.
 */
final class PendingEvents {

    private final Map<String, Integer> keys = new ConcurrentHashMap<>();
    private final Map<String, Integer> tags = new ConcurrentHashMap<>();
    private final Map<Event, Times> rules = new ConcurrentHashMap<>();

    void add(Event event) {
        if (event instanceof Event.Keys named) {
            named.keys().forEach(key -> keys.merge(key, 1, Integer::sum));
        } else if (event instanceof Event.Tags named) {
            named.tags().forEach(tag -> tags.merge(tag, 1, Integer::sum));
        } else {
            rules.compute(event, (same, known) -> known == null ? new Times(Rule.of(event, 0), 1) : known.plus(1));
        }
    }

    void remove(Event event) {
        if (event instanceof Event.Keys named) {
            named.keys().forEach(key -> keys.computeIfPresent(key, (same, times) -> times == 1 ? null : times - 1));
        } else if (event instanceof Event.Tags named) {
            named.tags().forEach(tag -> tags.computeIfPresent(tag, (same, times) -> times == 1 ? null : times - 1));
        } else {
            rules.computeIfPresent(event, (same, known) -> known.count() == 1 ? null : known.plus(-1));
        }
    }

    boolean covers(Subject subject) {
        if (keys.containsKey(subject.key())) {
            return true;
        }
        for (String tag : subject.tags()) {
            if (tags.containsKey(tag)) {
                return true;
            }
        }
        for (Times pending : rules.values()) {
            if (pending.rule().covers(subject)) {
                return true;
            }
        }
        return false;
    }

    private record Times(Rule rule, int count) {

        Times plus(int more) {
            return new Times(rule, count + more);
        }
    }
}
