package io.r3mes.cache.benchmarks.system;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.benchmarks.fixture.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A node and other JVMs, whose near caches lose what it invalidates. The floor is a bare message to the same JVMs.
 *
 * <p>Times are from just before the call to the moment when the last of them has applied it, or its listener has been
 * called. All are of {@link System#nanoTime()}, which on Linux reads {@code CLOCK_MONOTONIC}, a clock that all processes of a
 * machine share; elsewhere the figures mean nothing.
 */
final class Listeners implements AutoCloseable {

    /** Lets the other JVMs come to rest, as they are when an invalidation comes out of the blue. */
    private static final long PAUSE_NANOS = 500_000;
    /** As many as let the JVMs compile what they run. */
    private static final int WARM_UP = 5_000;

    private static final String WALLET = Profile.wallet(1);

    private final Arena arena;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final CacheManager node;
    private final Sending message;
    private final Sending invalidation;
    private final List<OtherJvm> others = new ArrayList<>();

    Listeners(Arena arena) {
        this.arena = arena;
        client = RedisClient.create(arena.bareUri());
        connection = client.connect();
        node = arena.node(Arena.NEAR);
        Cache<String, Profile> cache = node.cache(Arena.NEAR.name(), Profile.class);
        message = new Sending(
                CoherenceListener.MESSAGE, () -> connection.sync().publish(CoherenceListener.CHANNEL, WALLET));
        invalidation = new Sending(WALLET, () -> cache.delete(WALLET));
    }

    /** Starts JVMs until there are so many nodes, this one included. */
    void grow(int nodes) throws Exception {
        while (others.size() < nodes - 1) {
            OtherJvm other = new OtherJvm(CoherenceListener.class, arena.redis().uri(), arena.bareUri());
            others.add(other);
            expectReady(other);
        }
    }

    /** The node that invalidates. */
    CacheManager node() {
        return node;
    }

    void warmUp() throws Exception {
        micros(message, 0, WARM_UP);
        micros(invalidation, 0, WARM_UP);
    }

    /** Times of bare messages, in microseconds. */
    Numbers messages(int samples) throws Exception {
        return micros(message, PAUSE_NANOS, samples);
    }

    /** Times of invalidations, in microseconds. */
    Numbers invalidations(int samples) throws Exception {
        return micros(invalidation, PAUSE_NANOS, samples);
    }

    /**
     * What is sent to the other JVMs.
     *
     * @param request prepares a JVM for it
     */
    private record Sending(String request, Runnable send) {}

    private Numbers micros(Sending sending, long pauseNanos, int samples) throws Exception {
        double[] micros = new double[samples];
        for (int i = 0; i < samples; i++) {
            for (OtherJvm other : others) {
                other.send(sending.request());
                expectReady(other);
            }
            if (pauseNanos > 0) {
                LockSupport.parkNanos(pauseNanos);
            }
            long from = System.nanoTime();
            sending.send().run();
            long last = from;
            for (OtherJvm other : others) {
                long heard = Long.parseLong(other.answer());
                if (heard < from) {
                    throw new IllegalStateException("The other JVM heard of something that was not sent yet");
                }
                last = Math.max(last, heard);
            }
            micros[i] = (last - from) / (double) TimeUnit.MICROSECONDS.toNanos(1);
        }
        return new Numbers(micros);
    }

    private static void expectReady(OtherJvm other) throws Exception {
        String answer = other.answer();
        if (!answer.equals(CoherenceListener.READY)) {
            throw new IllegalStateException("Expected the other JVM to be ready, but it said " + answer);
        }
    }

    @Override
    public void close() {
        others.forEach(OtherJvm::close);
        connection.close();
        client.close();
    }
}
