package io.r3mes.cache.metrics;

/**
 * The growth of a total per second over the last minute, or since start where that is shorter. Keeps one snapshot of the
 * total per second of ticks. All state is guarded by this object.
 */
final class RequestRate {

    private static final long SECOND = 1_000_000_000L;
    private static final long WINDOW = 60 * SECOND;
    private static final int SNAPSHOTS = 64;

    private final long[] times = new long[SNAPSHOTS];
    private final long[] totals = new long[SNAPSHOTS];
    private int count;
    private int next;

    RequestRate(long now) {
        restart(now, 0);
    }

    synchronized void restart(long now, long total) {
        count = 0;
        next = 0;
        snapshot(now, total);
    }

    /** Takes a snapshot if the last one is a second old. */
    synchronized void tick(long now, long total) {
        if (now - times[at(1)] >= SECOND) {
            snapshot(now, total);
        }
    }

    synchronized double perSecond(long now, long total) {
        int back = count;
        while (back > 1 && now - times[at(back)] > WINDOW) {
            back--;
        }
        long elapsed = Math.max(SECOND, now - times[at(back)]);
        return (total - totals[at(back)]) * (double) SECOND / elapsed;
    }

    private void snapshot(long now, long total) {
        times[next] = now;
        totals[next] = total;
        next = (next + 1) % SNAPSHOTS;
        count = Math.min(count + 1, SNAPSHOTS);
    }

    /** The slot of the snapshot taken {@code back} snapshots ago; 1 is the last. */
    private int at(int back) {
        return (next - back + SNAPSHOTS) % SNAPSHOTS;
    }
}
