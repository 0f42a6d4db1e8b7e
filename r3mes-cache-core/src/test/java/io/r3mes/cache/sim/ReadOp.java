package io.r3mes.cache.sim;

/** One read of the history, and what is known of where its value came from. */
final class ReadOp {

    /** Where a value came from, as seen from outside. */
    enum Source {
        NEAR,
        JOINED,
        LOADED,
        REMOTE
    }

    final String kind;
    final SimLoop.Life node;
    final int key;
    final long startedAt;
    /** The last position that the node had applied when the read began. */
    final long applied;

    boolean near;
    boolean joined;
    boolean loaded;
    boolean stale;

    ReadOp(String kind, SimLoop.Life node, int key, long startedAt, long applied) {
        this.kind = kind;
        this.node = node;
        this.key = key;
        this.startedAt = startedAt;
        this.applied = applied;
    }

    Source source() {
        if (near) {
            return Source.NEAR;
        }
        if (stale) {
            return joined ? Source.JOINED : Source.REMOTE;
        }
        if (loaded) {
            return Source.LOADED;
        }
        return joined ? Source.JOINED : Source.REMOTE;
    }

    @Override
    public String toString() {
        return kind + " of " + Database.name(key) + " on " + node + " started at " + Invalidated.at(startedAt)
                + " having applied " + applied % 1_000_000_000_000L + ", from " + source() + (stale ? ", stale" : "");
    }
}
