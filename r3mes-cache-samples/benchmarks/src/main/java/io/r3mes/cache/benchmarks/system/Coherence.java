package io.r3mes.cache.benchmarks.system;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.r3mes.cache.Cache;
import io.r3mes.cache.benchmarks.Figure;
import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Suite;
import io.r3mes.cache.benchmarks.Target;
import io.r3mes.cache.benchmarks.fixture.Profile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long another JVM's near cache serves what was invalidated: from just before the call to the moment when that JVM has
 * applied it. The floor is a bare message between the same JVMs, to the moment when its listener is called.
 *
 * <p>Both moments are of {@link System#nanoTime()}, which on Linux reads {@code CLOCK_MONOTONIC}, a clock that all processes
 * of a machine share; elsewhere the figures mean nothing.
 */
public final class Coherence implements Suite {

    /** Lets the other JVM come to rest, as it is when an invalidation comes out of the blue. */
    private static final long PAUSE_NANOS = 500_000;

    @Override
    public String name() {
        return "coherence";
    }

    @Override
    public List<Row> measure(Plan plan) throws Exception {
        try (Arena arena = new Arena();
                RedisClient client = RedisClient.create(arena.bareUri());
                StatefulRedisConnection<String, String> connection = client.connect();
                OtherJvm other =
                        new OtherJvm(CoherenceListener.class, arena.redis().uri(), arena.bareUri())) {
            Cache<String, Profile> cache = arena.cache(Arena.NEAR);
            String wallet = Profile.wallet(1);
            Sending message = new Sending(
                    CoherenceListener.MESSAGE, () -> connection.sync().publish(CoherenceListener.CHANNEL, wallet));
            Sending invalidation = new Sending(wallet, () -> cache.delete(wallet));
            expectReady(other);
            micros(other, message, samples(plan.warmUp()));
            micros(other, invalidation, samples(plan.warmUp()));
            Rounds rounds = new Rounds(new ArrayList<>(), new ArrayList<>());
            for (int i = 0; i < plan.rounds(); i++) {
                rounds.floor().add(micros(other, message, samples(plan.round())));
                rounds.ours().add(micros(other, invalidation, samples(plan.round())));
            }
            return List.of(row(50, rounds, 200), row(99, rounds, 1_000));
        }
    }

    /**
     * What is sent to the other JVM.
     *
     * @param request prepares the other JVM for it
     */
    private record Sending(String request, Runnable send) {}

    /** The times of both, in microseconds. */
    private record Rounds(List<Numbers> floor, List<Numbers> ours) {}

    private static int samples(Duration time) {
        return (int) time.toMillis() / 3;
    }

    private static Numbers micros(OtherJvm other, Sending sending, int samples) throws Exception {
        double[] micros = new double[samples];
        for (int i = 0; i < samples; i++) {
            other.send(sending.request());
            expectReady(other);
            LockSupport.parkNanos(PAUSE_NANOS);
            long from = System.nanoTime();
            sending.send().run();
            micros[i] = (Long.parseLong(other.answer()) - from) / (double) TimeUnit.MICROSECONDS.toNanos(1);
        }
        return new Numbers(micros);
    }

    private static void expectReady(OtherJvm other) throws Exception {
        String answer = other.answer();
        if (!answer.equals(CoherenceListener.READY)) {
            throw new IllegalStateException("Expected the other JVM to be ready, but it said " + answer);
        }
    }

    private static Row row(int percent, Rounds rounds, double most) {
        return new Row(
                "invalidation until another JVM's near cache has dropped it, p" + percent,
                "us",
                new Figure("Lettuce pub/sub", median(percent, rounds.floor())),
                new Figure("r3mes-cache", median(percent, rounds.ours())),
                Target.atMost(most));
    }

    private static double median(int percent, List<Numbers> rounds) {
        return Numbers.median(rounds.stream().mapToDouble(round -> round.percentile(percent)));
    }
}
