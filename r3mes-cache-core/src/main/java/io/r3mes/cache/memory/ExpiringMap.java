package io.r3mes.cache.memory;

import java.util.Comparator;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A sorted map whose entries expire, and which gives up the entry that expires first when it is full. Not thread-safe.
 */
final class ExpiringMap<V> {

    private static final Comparator<Expiry> SOONEST =
            Comparator.comparingLong(Expiry::at).thenComparing(Expiry::key);

    private final LongSupplier micros;
    private final int most;
    private final NavigableMap<String, Held<V>> entries = new TreeMap<>();
    private final TreeSet<Expiry> expiries = new TreeSet<>(SOONEST);

    ExpiringMap(LongSupplier micros, int most) {
        this.micros = micros;
        this.most = most;
    }

    @Nullable V get(String key) {
        purge();
        Held<V> held = entries.get(key);
        return held == null ? null : held.value();
    }

    void put(String key, V value, long lifeMicros) {
        remove(key);
        while (entries.size() >= most) {
            entries.remove(expiries.pollFirst().key());
        }
        long at = micros.getAsLong() + lifeMicros;
        entries.put(key, new Held<>(value, at));
        expiries.add(new Expiry(at, key));
    }

    @Nullable V remove(String key) {
        purge();
        Held<V> held = entries.remove(key);
        if (held == null) {
            return null;
        }
        expiries.remove(new Expiry(held.expiresAt(), key));
        return held.value();
    }

    /** The live entry whose key follows {@code key} or, if {@code inclusive}, equals it. */
    @Nullable String next(String key, boolean inclusive) {
        purge();
        return inclusive ? entries.ceilingKey(key) : entries.higherKey(key);
    }

    boolean isEmpty() {
        return size() == 0;
    }

    int size() {
        purge();
        return entries.size();
    }

    /** Removes and returns the key that expires first, or null if there is none. */
    @Nullable String pollSoonest() {
        purge();
        Expiry soonest = expiries.pollFirst();
        if (soonest == null) {
            return null;
        }
        entries.remove(soonest.key());
        return soonest.key();
    }

    /** How long the entry has to live; 0 if there is none. */
    long lifeMicros(String key) {
        Held<V> held = entries.get(key);
        return held == null ? 0 : Math.max(0, held.expiresAt() - micros.getAsLong());
    }

    private void purge() {
        long now = micros.getAsLong();
        while (!expiries.isEmpty() && expiries.first().at() <= now) {
            entries.remove(expiries.pollFirst().key());
        }
    }

    private record Held<V>(V value, long expiresAt) {}

    private record Expiry(long at, String key) {}
}
