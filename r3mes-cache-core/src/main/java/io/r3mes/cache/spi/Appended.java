package io.r3mes.cache.spi;

/**
 * The acknowledgement of an appended event.
 *
 * @param generation the generation the event belongs to
 * @param contested whether another event that may cover the same entry was appended since the position the caller named
 * @param removed how many values were removed with it
 */
public record Appended(long generation, long position, String id, boolean contested, long removed) {

    public Appended withRemoved(long count) {
        return new Appended(generation, position, id, contested, count);
    }
}
