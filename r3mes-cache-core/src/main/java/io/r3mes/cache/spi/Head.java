package io.r3mes.cache.spi;

/**
 * The newest state of the log at one moment of its server.
 *
 * @param generation random, one per life of the log's metadata; never 0
 * @param replication the replication id of the log's server, which changes when another server takes over or this one
 *     restarts; empty if it is not known
 * @param position the last position handed out
 * @param lastId the id of the entry appended last; empty if none was
 * @param serverMicros the server's clock, microseconds since the epoch
 */
public record Head(long generation, String replication, long position, String lastId, long serverMicros) {

    /** The same state, with a position that is a lower bound for a source that is up to that much behind. */
    public Head backdated(long lagMicros) {
        long position = lagMicros == 0 ? this.position : Math.min(this.position, serverMicros - lagMicros);
        return new Head(generation, replication, position, lastId, serverMicros);
    }
}
