package io.r3mes.cache.sim;

/**
 * Which values an invalidation makes invalid.
 *
 * @param keys one bit per key
 * @param dynamicTag covers only versions that carry it; null for all versions
 * @param byKey whether it removes the values from Redis before it is acknowledged
 */
record Scope(long keys, String dynamicTag, boolean byKey) {

    static Scope key(int key) {
        return new Scope(1L << key, null, true);
    }

    static Scope all(long keys) {
        return new Scope(keys, null, false);
    }

    boolean touches(int key) {
        return (keys & (1L << key)) != 0;
    }

    boolean covers(int key, long version) {
        return touches(key) && (dynamicTag == null || dynamicTag.equals(Database.dynamicTag(key, version)));
    }
}
