package io.r3mes.cache.metrics;

/**
 * The growth of a total per second over the last minute, or since start where that is shorter. Keeps at most one snapshot
 * of the total per second and takes the growth between two of them as even. All state is guarded by this object.
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
        long laterTime = now;
        long laterTotal = total;
        for (int back = 1; back <= count; back++) {
            long time = times[at(back)];
            if (now - time >= WINDOW) {
                double share = (now - WINDOW - time) / (double) (laterTime - time);
                double atWindowStart = totals[at(back)] + share * (laterTotal - totals[at(back)]);
                return Math.max(0, total - atWindowStart) * SECOND / WINDOW;
            }
            laterTime = time;
            laterTotal = totals[at(back)];
        }
        return Math.max(0, total - laterTotal) * (double) SECOND / Math.max(SECOND, now - laterTime);
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
