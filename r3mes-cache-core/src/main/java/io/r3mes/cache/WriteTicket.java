package io.r3mes.cache;

import org.jspecify.annotations.Nullable;

/**
 * One announced write of one id. Exactly one of its methods must be called, once; closing a ticket that stored nothing
 * abandons it. Thread-safe between taking and using it, but not for concurrent use.
 */
public interface WriteTicket<V> extends AutoCloseable {

    /** After the commit: invalidates the id and stores {@code value} unless another write or invalidation overtook it. */
    Invalidation store(@Nullable V value, EntryOptions options);

    /** After a rollback: nothing is invalidated or stored. Does nothing once the ticket is used. */
    @Override
    void close();
}
