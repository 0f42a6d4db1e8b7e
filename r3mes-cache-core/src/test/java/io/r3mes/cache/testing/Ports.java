package io.r3mes.cache.testing;

import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.TagIndex;

/** The ports of one adapter on a namespace of its own, and the ways in which a server may forget. */
public interface Ports extends AutoCloseable {

    RemoteStore store();

    InvalidationLog log();

    TagIndex tags();

    /** Deletes the log's metadata. */
    void loseMetadata();

    /** Deletes the stamp of a tag. */
    void loseStamp(String tag);

    /** Loses the list of nodes, as a server that evicts does. */
    void loseNodes();

    /** Ends the connections of the adapter as a failover does, or says that it happened. */
    void changeServers();

    @Override
    void close();
}
