package io.r3mes.cache.engine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The loads of one cache that callers may join, at most one per key. Bounded by the callers that are loading. */
final class Flights<V> {

    private final Map<String, Flight<V>> flights = new ConcurrentHashMap<>();
    private final Node node;

    Flights(Node node) {
        this.node = node;
    }

    /** The flight of a key if a caller that starts now may join it. */
    @Nullable Flight<V> joinable(String key) {
        Flight<V> flight = flights.get(key);
        return flight != null && flight.isJoinable(node.timeline(), node.now()) ? flight : null;
    }

    /** Whether the calling thread is loading the key already, further up its stack. */
    boolean isLoadingHere(String key) {
        Flight<V> flight = flights.get(key);
        return flight != null && flight.isOfThisThread();
    }

    /** The flight to join, or {@code own} if it is the one that others may join from now on. */
    Flight<V> begin(Flight<V> own) {
        return flights.compute(
                own.subject().key(),
                (key, running) -> running != null && running.isJoinable(node.timeline(), node.now()) ? running : own);
    }

    /** Closes a flight to callers that have not joined yet. */
    void close(Flight<V> flight) {
        flights.remove(flight.subject().key(), flight);
    }

    int size() {
        return flights.size();
    }
}
