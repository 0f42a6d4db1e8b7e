package io.r3mes.cache.spi;

/**
 * One invalidation in the log.
 *
 * @param position strictly increasing, in microseconds of the log's hybrid clock
 * @param id random, unique to the entry
 * @param previousId the id of the entry that was last when this one was appended; empty for the first
 */
public record LogEntry(long position, String id, String previousId, Event event) {}
