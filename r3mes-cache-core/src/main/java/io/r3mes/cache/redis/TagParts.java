package io.r3mes.cache.redis;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * How the members of one tag are spread over sorted sets. Up to {@code size} are in the first part; further ones go, by a
 * hash of the key, to one of {@code further} parts of that size.
 *
 * <p>A server frees a set that expires in one step, during which nobody else is served. The size bounds that step.
 */
record TagParts(int size, int further) {

    /** What a server frees in about a millisecond. */
    private static final int USUAL_SIZE = 8_192;

    /** Room for hashes that do not spread evenly. */
    private static final double SPARE = 1.05;

    static TagParts holding(int most) {
        if (most <= USUAL_SIZE) {
            return new TagParts(Math.max(1, most), 0);
        }
        return new TagParts(USUAL_SIZE, (int) Math.ceil((most - USUAL_SIZE) * SPARE / USUAL_SIZE));
    }

    /** The further part of a key, from 1; 0 if there are none. */
    int of(String key) {
        if (further == 0) {
            return 0;
        }
        CRC32C hash = new CRC32C();
        hash.update(key.getBytes(StandardCharsets.UTF_8));
        return 1 + (int) (hash.getValue() % further);
    }
}
