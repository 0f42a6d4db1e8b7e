package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.LogEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The invalidations of the last minute that this node issued or saw in the log, and those of its own that the log has yet
 * to bring back: what a server that takes over may have lost. Bounded by the names they hold. Thread-safe.
 */
final class Journal {

    static final Duration WINDOW = Duration.ofMinutes(1);
    /** As long as the log keeps an event, it may bring it. */
    static final Duration LONGEST_AWAITED = Duration.ofMinutes(10);

    private final int capacity;
    private final Map<String, Noted> noted = new LinkedHashMap<>();
    /** Ids of own events that the log has yet to bring back, by position. */
    private final NavigableMap<Long, String> unseen = new TreeMap<>();

    private int names;
    /** When an event was given up for want of room, and whether one ever was. */
    private long gaveUpAt;

    private boolean gaveUp;

    /**
     * @param capacity how many keys, tags and rules its events may hold
     */
    Journal(int capacity) {
        this.capacity = capacity;
    }

    /**
     * An event and where it stood.
     *
     * @param own whether this node issued it
     * @param at when it was noted, in nanoseconds of the node's clock
     */
    record Noted(Event event, long position, String id, boolean own, long at) {

        int names() {
            return Records.count(event);
        }
    }

    /** Notes an event that the log acknowledged to this node. */
    synchronized void issued(Noted own) {
        if (noted.remove(own.id()) == null) {
            unseen.put(own.position(), own.id());
            names += own.names();
        }
        noted.put(own.id(), own);
        prune(own.at());
    }

    /** Notes an event that the log brought. False if an own one should have come before it, and did not. */
    synchronized boolean brought(LogEntry entry, long now) {
        boolean own = unseen.remove(entry.position(), entry.id());
        if (!own && !noted.containsKey(entry.id()) && !(entry.event() instanceof Event.Marker)) {
            Noted other = new Noted(entry.event(), entry.position(), entry.id(), false, now);
            noted.put(entry.id(), other);
            names += other.names();
        }
        prune(now);
        return unseen.isEmpty() || unseen.firstKey() > entry.position();
    }

    /** Whether any own event that was acknowledged before {@code sentAt} is unseen. */
    synchronized boolean awaitsAny(long sentAt) {
        return unseen.values().stream().map(noted::get).anyMatch(own -> own != null && own.at() - sentAt <= 0);
    }

    /** What was noted within the window or is awaited, oldest position first. */
    synchronized List<Noted> recent(long now) {
        prune(now);
        List<Noted> recent = new ArrayList<>(noted.values());
        recent.sort((a, b) -> Long.compare(a.position(), b.position()));
        return recent;
    }

    /** Whether an event of the window was given up for want of room. */
    synchronized boolean isPartial(long now) {
        return gaveUp && now - gaveUpAt < WINDOW.toNanos();
    }

    /** Own events that the log turned out to hold are no longer awaited. */
    synchronized void found(Collection<String> ids) {
        unseen.values().removeAll(ids);
    }

    /** Drops events that stand in the log no more. */
    synchronized void drop(Collection<String> ids) {
        for (String id : ids) {
            remove(id);
        }
    }

    private void prune(long now) {
        Iterator<Noted> oldest = noted.values().iterator();
        List<String> old = new ArrayList<>();
        while (oldest.hasNext()) {
            Noted next = oldest.next();
            if (now - next.at() < WINDOW.toNanos()) {
                break;
            }
            boolean awaited = next.id().equals(unseen.get(next.position()));
            if (!awaited || now - next.at() >= LONGEST_AWAITED.toNanos()) {
                old.add(next.id());
            }
        }
        old.forEach(this::remove);
        while (names > capacity) {
            remove(noted.keySet().iterator().next());
            gaveUp = true;
            gaveUpAt = now;
        }
    }

    private void remove(String id) {
        Noted removed = noted.remove(id);
        if (removed != null) {
            unseen.remove(removed.position(), id);
            names -= removed.names();
        }
    }
}
