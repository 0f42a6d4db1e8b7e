package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.LogEntry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Decides whether the events seen so far are all there were: each names the one before it, and a head read from the log
 * proves completeness as of the sending of that read once the very event it names is the one seen at its position.
 *
 * <p>Guarded by the monitor of the timeline that owns it.
 */
final class Continuity {

    static final long NOTHING = Long.MIN_VALUE;

    private static final int REMEMBERED = 1024;

    private final long patienceNanos;
    private final Deque<Seen> recent = new ArrayDeque<>();
    private final Deque<Claim> open = new ArrayDeque<>();
    private String lastId = "";
    private boolean broken;

    /**
     * @param patience how long a head may stay ahead of the events before they count as lost
     */
    Continuity(Duration patience) {
        this.patienceNanos = patience.toNanos();
    }

    enum Verdict {
        PROVEN,
        /** The events up to that head are still on their way. */
        OPEN,
        BROKEN
    }

    boolean follows(LogEntry entry) {
        return entry.previousId().equals(lastId);
    }

    /** Stands on the entry. Returns the latest sending time that it proves, or {@link #NOTHING}. */
    long advance(LogEntry entry) {
        standOn(entry.position(), entry.id());
        long proven = NOTHING;
        while (!open.isEmpty() && open.peekFirst().position() <= entry.position()) {
            Claim claim = open.removeFirst();
            if (claim.position() == entry.position() && claim.id().equals(entry.id())) {
                proven = claim.sentAt();
            } else {
                broken = true;
            }
        }
        return proven;
    }

    boolean isBroken() {
        return broken;
    }

    Verdict weigh(Head read, long head, long sentAt) {
        if (broken) {
            return Verdict.BROKEN;
        }
        if (read.position() > head) {
            if (!open.isEmpty() && sentAt - open.peekFirst().sentAt() > patienceNanos) {
                return Verdict.BROKEN;
            }
            if (open.isEmpty() || open.peekLast().position() < read.position()) {
                open.addLast(new Claim(read.position(), read.lastId(), sentAt));
            } else if (open.peekLast().position() == read.position()
                    && open.peekLast().id().equals(read.lastId())) {
                return Verdict.OPEN;
            } else {
                return Verdict.BROKEN;
            }
            return Verdict.OPEN;
        }
        for (Seen seen : recent) {
            if (seen.position() == read.position()) {
                return seen.id().equals(read.lastId()) ? Verdict.PROVEN : Verdict.BROKEN;
            }
        }
        return Verdict.BROKEN;
    }

    void standOn(Head read) {
        recent.clear();
        open.clear();
        broken = false;
        standOn(read.position(), read.lastId());
    }

    private void standOn(long position, String id) {
        lastId = id;
        recent.addFirst(new Seen(position, id));
        if (recent.size() > REMEMBERED) {
            recent.removeLast();
        }
    }

    private record Seen(long position, String id) {}

    private record Claim(long position, String id, long sentAt) {}
}
