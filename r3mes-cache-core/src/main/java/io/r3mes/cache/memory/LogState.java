package io.r3mes.cache.memory;

import io.r3mes.cache.spi.Appended;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.spi.LogEntry;
import io.r3mes.cache.spi.Marks;
import io.r3mes.cache.spi.Marks.Rule;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Entries, metadata, rules and stamps of one log. Not thread-safe. */
final class LogState {

    private static final long RETENTION_MICROS = TimeUnit.MINUTES.toMicros(10);
    private static final long STAMP_MICROS = TimeUnit.HOURS.toMicros(24);
    private static final int MOST_RULES = 512;
    private static final int MOST_CONTESTANTS = 1_000;

    private final Source source;
    private final NavigableMap<Long, LogEntry> entries = new TreeMap<>();
    private final Map<Event, Long> rules = new HashMap<>();
    private final ExpiringMap<Long> stamps;
    private long generation; // 0 while there is no metadata
    private long last;
    private String lastId = "";
    private long base;

    LogState(Source source, int mostStamps) {
        this.source = source;
        this.stamps = new ExpiringMap<>(source.micros(), mostStamps);
    }

    Head head(long floor) {
        begin(floor);
        return new Head(
                generation,
                source.replication().get(),
                last,
                lastId,
                source.micros().getAsLong());
    }

    Appended append(Append append) {
        boolean begun = begin(append.floor());
        boolean contested = contested(append, begun);
        write(append.event(), append.floor());
        Event event = append.event();
        if (event instanceof Event.Tags tags) {
            tags.tags().forEach(tag -> stamps.put(tag, last, STAMP_MICROS));
        } else if (event instanceof Event.Pattern || event instanceof Event.Cleared) {
            addRule(event);
        } else if (event instanceof Event.All) {
            rules.clear();
            base = last;
        }
        return new Appended(generation, last, lastId, contested, 0);
    }

    Marks marks(List<String> tags, long birth) {
        begin(0);
        long newest = 0;
        for (String tag : tags) {
            newest = Math.max(newest, stamp(tag));
        }
        List<Rule> newer = rules.entrySet().stream()
                .filter(rule -> rule.getValue() > birth)
                .map(rule -> new Rule(rule.getKey(), rule.getValue()))
                .toList();
        return new Marks(generation, base, newest, newer);
    }

    List<LogEntry> read(long after, int limit) {
        return entries.tailMap(after, false).values().stream().limit(limit).toList();
    }

    /** Loses the metadata, as a server that evicts does. */
    void loseMetadata() {
        generation = 0;
        rules.clear();
    }

    void loseStamp(String tag) {
        stamps.remove(tag);
    }

    /** Loses the entries, as a server that evicts does; the metadata beside them stays. */
    void loseEntries() {
        entries.clear();
    }

    /** Loses all entries but the newest, as a server that trims does. */
    void trim() {
        while (entries.size() > 1) {
            entries.pollFirstEntry();
        }
    }

    private boolean begin(long floor) {
        if (generation != 0) {
            return false;
        }
        generation = Math.max(1, source.random().getAsLong() & Long.MAX_VALUE);
        if (entries.isEmpty()) {
            last = 0;
            lastId = "";
        }
        write(new Event.Marker(generation), floor);
        base = last;
        return true;
    }

    private void write(Event event, long floor) {
        long now = source.micros().getAsLong();
        long position = Math.max(now, Math.max(last, floor) + 1);
        String id = Long.toHexString(source.random().getAsLong());
        entries.headMap(now - RETENTION_MICROS).clear();
        entries.put(position, new LogEntry(position, id, lastId, event));
        last = position;
        lastId = id;
    }

    private long stamp(String tag) {
        Long stamp = stamps.get(tag);
        if (stamp != null) {
            return stamp;
        }
        stamps.put(tag, last, STAMP_MICROS);
        return last;
    }

    private void addRule(Event event) {
        rules.put(event, last);
        if (rules.size() > MOST_RULES) {
            Map.Entry<Event, Long> oldest = rules.entrySet().stream()
                    .min(Comparator.comparingLong(Map.Entry::getValue))
                    .orElseThrow();
            base = Math.max(base, oldest.getValue());
            rules.remove(oldest.getKey());
        }
    }

    private boolean contested(Append append, boolean begun) {
        long since = append.since();
        if (since < 0) {
            return false;
        }
        if (begun || since > last || entries.isEmpty() || entries.firstKey() > since) {
            return true;
        }
        Collection<LogEntry> others = entries.tailMap(since, false).values();
        return others.size() >= MOST_CONTESTANTS || others.stream().anyMatch(other -> covers(other.event(), append));
    }

    private static boolean covers(Event other, Append append) {
        if (other instanceof Event.Keys keys) {
            return append.event() instanceof Event.Keys own
                    && keys.keys().stream().anyMatch(own.keys()::contains);
        } else if (other instanceof Event.Tags tags) {
            return tags.tags().stream().anyMatch(append.entryTags()::contains);
        }
        return true;
    }
}
