package io.r3mes.cache.sim;

import java.util.Arrays;

/** The source of truth: one version per key, which only grows, and what a value says of itself. */
final class Database {

    static final int DYNAMIC_TAGS = 3;
    private static final long FACTOR = 1_000_000;

    private final long[] versions;
    /** How many writers of a key are between their commit and the end of their write. */
    private final int[] writers;

    private final boolean[] locked;

    Database(int keys) {
        versions = new long[keys];
        writers = new int[keys];
        locked = new boolean[keys];
        Arrays.fill(versions, 1);
    }

    int keys() {
        return versions.length;
    }

    long version(int key) {
        return versions[key];
    }

    long commit(int key) {
        return ++versions[key];
    }

    long[] versions() {
        return versions.clone();
    }

    void begin(int key) {
        writers[key]++;
    }

    void end(int key) {
        writers[key]--;
    }

    /** Locks a key for its only writer; false if somebody writes it. */
    boolean lock(int key) {
        boolean free = writers[key] == 0 && !locked[key];
        locked[key] |= free;
        return free;
    }

    void unlock(int key) {
        locked[key] = false;
    }

    boolean isLocked(int key) {
        return locked[key];
    }

    static String cache(int key) {
        return switch (key % 3) {
            case 0 -> "b";
            case 1 -> "a";
            default -> "c";
        };
    }

    static String id(int key) {
        return "k" + key;
    }

    static String name(int key) {
        return cache(key) + ":" + id(key);
    }

    /** The tag that the loader decides for a version of a key, or null. */
    static String dynamicTag(int key, long version) {
        return cache(key).equals("b") ? "d" + version % DYNAMIC_TAGS : null;
    }

    static long value(int key, long version) {
        return key * FACTOR + version;
    }

    static long versionOf(int key, long value) {
        if (value / FACTOR != key) {
            throw new IllegalStateException("The value " + value + " is not one of key " + key);
        }
        return value % FACTOR;
    }
}
