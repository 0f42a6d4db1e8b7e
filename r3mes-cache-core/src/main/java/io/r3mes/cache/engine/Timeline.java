package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.LocalEntry;
import io.r3mes.cache.spi.LogEntry;
import io.r3mes.cache.spi.Marks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A node's mirror of the invalidation log: what was invalidated last at which position, and how far that knowledge
 * reaches. Every event in (floor, head] is recorded; own events above the head are too, and those that the log has yet to
 * acknowledge.
 *
 * <p>Thread-safe. Readers take no lock: they read the version, then the records, then the floor. Writers, one at a time
 * under this object's monitor, change records first, then the head, then the version; forgetting raises the floor first.
 * Whoever waits for a position is told after the monitor is left.
 */
final class Timeline {

    /* A reader that finds the version unchanged since an entry was verified knows that nothing was recorded, forgotten or
     * reset in between, so one volatile read stands for the whole judgement. */

    /** What watchers are told where nobody knows what was invalidated. */
    private static final Event UNKNOWN = new Event.All();

    private final Records records;
    private final PendingEvents pending = new PendingEvents();
    private final Continuity continuity;
    private final PositionWaiters waiters = new PositionWaiters();
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final long maxStalenessNanos;

    private volatile long generation;
    private volatile long head;
    private volatile long floor;
    private volatile long highest;
    private volatile long version;
    private volatile long trustedUntil;
    private volatile Servers servers = new Servers(0, 0);

    /**
     * @param maxRecords how many invalidations it remembers
     * @param maxStaleness how long a proof of completeness counts
     * @param now the clock's present reading, in nanoseconds
     */
    Timeline(int maxRecords, Duration maxStaleness, long now) {
        this.records = new Records(maxRecords);
        this.continuity = new Continuity(maxStaleness);
        this.maxStalenessNanos = maxStaleness.toNanos();
        this.trustedUntil = now - 1;
    }

    /** Is told of every event before the call that recorded it returns, and of everything when events were missed. */
    @FunctionalInterface
    interface Watcher {

        void recorded(Event event);
    }

    void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    private void tell(Event event) {
        for (Watcher watcher : watchers) {
            watcher.recorded(event);
        }
    }

    /** Whether an entry of the near cache may be served at {@code now}. */
    boolean admits(LocalEntry entry, String cache, long now) {
        if (isFenced(now)) {
            return false;
        }
        long before = version;
        return entry.verifiedVersion() == before || verify(entry, cache, before);
    }

    private boolean verify(LocalEntry entry, String cache, long before) {
        long seen = Math.max(head, entry.seen());
        Subject subject = new Subject(cache, entry.key(), entry.tags());
        if (entry.generation() != generation || isCovered(subject, entry.birth()) || entry.seen() < floor) {
            return false;
        }
        entry.verified(before, seen);
        return true;
    }

    /** Whether a recorded event newer than {@code birth}, or a pending one, covers the subject. */
    boolean isCovered(Subject subject, long birth) {
        return pending.covers(subject) || records.coveredAfter(subject, birth);
    }

    /** Whether records alone decide about something born at {@code birth}; otherwise the log's marks must be asked. */
    boolean remembers(long birth) {
        return birth >= floor;
    }

    /** Whether marks fetched from the log leave something born at {@code birth} valid. */
    boolean isCovered(Subject subject, long birth, Marks marks) {
        return birth < marks.base()
                || marks.newestTag() > birth
                || marks.rules().stream()
                        .anyMatch(rule -> rule.position() > birth
                                && Rule.of(rule.event(), rule.position()).covers(subject));
    }

    /** Whether the last proof of completeness is older than the node may trust. */
    boolean isFenced(long now) {
        return now - trustedUntil > 0;
    }

    /** Notes for which epoch of the servers a beat is sent. */
    synchronized void asks(long epoch, long sentAt) {
        if (servers.epoch() != epoch) {
            servers = new Servers(epoch, sentAt);
        }
    }

    /** Whether the last proof of completeness came from the servers of an epoch. */
    boolean isProvenBy(long epoch) {
        Servers asked = servers;
        return asked.epoch() == epoch && trustedUntil - maxStalenessNanos - asked.since() >= 0;
    }

    /** How long a proof of completeness counts. */
    Duration maxStaleness() {
        return Duration.ofNanos(maxStalenessNanos);
    }

    boolean isStarted() {
        return generation != 0;
    }

    long generation() {
        return generation;
    }

    long head() {
        return head;
    }

    PositionWaiters waiters() {
        return waiters;
    }

    /** The highest position that this node knows of, be it in the log or own and on its way back. */
    long highest() {
        return highest;
    }

    /** Whether the log fell back below what this node may trust. */
    boolean isBelowFloor() {
        return head < floor;
    }

    /** Whether every name of an event, or the same rule, is recorded above a position. */
    boolean isRecordedAfter(Event event, long position) {
        return records.holdsAfter(event, position);
    }

    /** Records an event of this node at the position that the log gave it, without moving the head. */
    void recordOwn(Event event, long position) {
        synchronized (this) {
            remember(event, position);
            highest = Math.max(highest, position);
            version++;
        }
        tell(event);
    }

    /** Honours an event that the log has yet to acknowledge, whatever the birth of what it covers. */
    void recordPending(Event event) {
        synchronized (this) {
            pending.add(event);
            version++;
        }
        tell(event);
    }

    /** Takes back one {@link #recordPending}: the event, or one that covers more, is recorded at its position or pending. */
    synchronized void settle(Event event) {
        pending.remove(event);
    }

    /** Takes the next event of the log; false if it does not follow the one the timeline stands on. */
    boolean apply(LogEntry entry) {
        PositionWaiters.Due due;
        boolean continues;
        synchronized (this) {
            if (entry.position() <= head) {
                return true;
            }
            if (!continuity.follows(entry) || beginsAnother(entry.event())) {
                return false;
            }
            remember(entry.event(), entry.position());
            head = entry.position();
            highest = Math.max(highest, head);
            version++;
            long proven = continuity.advance(entry);
            if (proven != Continuity.NOTHING) {
                trust(proven);
            }
            due = waiters.reached(head);
            continues = !continuity.isBroken();
        }
        tell(entry.event());
        due.tell();
        return continues;
    }

    /** What was acknowledged before another generation began may be lost, though the entries follow each other. */
    private boolean beginsAnother(Event event) {
        return event instanceof Event.Marker marker && marker.generation() != 0 && marker.generation() != generation;
    }

    /** Weighs a head that was read from the log by a request sent at {@code sentAt}; false calls for {@link #reset}. */
    boolean prove(Head read, long sentAt) {
        PositionWaiters.Due due = PositionWaiters.Due.NOBODY;
        boolean continues;
        synchronized (this) {
            Continuity.Verdict verdict =
                    read.generation() == generation ? continuity.weigh(read, head, sentAt) : Continuity.Verdict.BROKEN;
            if (verdict == Continuity.Verdict.PROVEN) {
                trust(sentAt);
                due = waiters.reached(Math.max(head, read.serverMicros() - 1));
            }
            continues = verdict != Continuity.Verdict.BROKEN;
        }
        due.tell();
        return continues;
    }

    /** Starts over at a head read by a request sent at {@code sentAt}: records stay, nothing older is trusted. */
    void reset(Head read, long sentAt) {
        PositionWaiters.Due due;
        synchronized (this) {
            floor = Math.max(floor, Math.max(head, read.position()));
            head = read.position();
            highest = Math.max(highest, Math.max(floor, head));
            generation = read.generation();
            continuity.standOn(read);
            version++;
            trust(sentAt);
            due = waiters.startOver(head);
        }
        tell(UNKNOWN);
        due.tell();
    }

    private void remember(Event event, long position) {
        forgetFor(event);
        records.add(event, position);
    }

    /** What is about to be forgotten raises the floor first. */
    private void forgetFor(Event event) {
        floor = Math.max(floor, records.highestToForget(event));
    }

    private void trust(long provenAt) {
        long until = provenAt + maxStalenessNanos;
        if (until - trustedUntil > 0) {
            trustedUntil = until;
        }
    }

    /**
     * @param since when the first beat of the epoch was sent
     */
    private record Servers(long epoch, long since) {}
}
