package io.r3mes.cache.redis;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The circuit breaker of one master: open while half of its answers of the last second, of ten at least, were none. Then
 * callers do without the master at once, and a command of the circuit's own asks it until it answers. Thread-safe.
 *
 * <p>Successes are counted only while there are failures to weigh them against, so a healthy master costs one volatile read,
 * and no breaker exists before the first failure.
 */
final class Circuit {

    /** Between two questions to a master that does not answer. */
    static final Duration PROBE_PAUSE = Duration.ofMillis(250);

    static final int FEWEST_ANSWERS = 10;

    private static final Logger log = LoggerFactory.getLogger(Circuit.class);

    private final Probing probing;
    private final BiConsumer<@Nullable Object, @Nullable Throwable> recording = this::record;
    private volatile @Nullable CircuitBreaker breaker;
    private volatile boolean troubled;
    private volatile String key;

    /**
     * @param key one of the master's keys
     */
    Circuit(String key, Probing probing) {
        this.key = key;
        this.probing = probing;
    }

    /** How a circuit asks its master. */
    interface Probing {

        /** Any command on the key that the master answers if it answers at all. */
        CompletionStage<?> ask(String key);

        void later(long millis, Runnable task);
    }

    boolean isOpen() {
        CircuitBreaker made = breaker;
        return made != null && made.getState() == State.OPEN;
    }

    /** What a caller gets while the circuit is open. */
    <T extends @Nullable Object> CompletionStage<T> refuse(String refused) {
        key = refused;
        return CompletableFuture.failedFuture(new RedisUnavailableException("Redis does not answer", null));
    }

    /** Counts how an operation of the master ends. */
    <T extends @Nullable Object> CompletionStage<T> watch(CompletionStage<T> operation) {
        operation.whenComplete(recording);
        return operation;
    }

    /** Counts how an operation of the master ended. */
    void record(@Nullable Object answer, @Nullable Throwable failure) {
        if (isNoAnswer(failure)) {
            troubled = true;
            breaker().onError(0, TimeUnit.NANOSECONDS, failure);
        } else if (troubled) {
            CircuitBreaker weighing = breaker();
            weighing.onSuccess(0, TimeUnit.NANOSECONDS);
            troubled = weighing.getMetrics().getNumberOfFailedCalls() != 0;
        }
    }

    private CircuitBreaker breaker() {
        CircuitBreaker made = breaker;
        return made == null ? make() : made;
    }

    private synchronized CircuitBreaker make() {
        CircuitBreaker made = breaker;
        if (made == null) {
            made = CircuitBreaker.of(
                    key,
                    CircuitBreakerConfig.custom()
                            .slidingWindow(1, FEWEST_ANSWERS, SlidingWindowType.TIME_BASED)
                            .failureRateThreshold(50)
                            .build());
            made.getEventPublisher().onStateTransition(event -> {
                if (event.getStateTransition().getToState() == State.OPEN) {
                    log.warn("Redis does not answer: doing without it until it does (keys such as {})", key);
                    probe();
                }
            });
            breaker = made;
        }
        return made;
    }

    /** Other refusals are answers, of which other rules take care. */
    private static boolean isNoAnswer(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        if (cause instanceof RedisCommandExecutionException) {
            Refusal refusal = Refusal.of(cause);
            return refusal != null && refusal.isOfNoUse();
        }
        return cause instanceof RedisException;
    }

    private void probe() {
        probing.ask(key).whenComplete((answer, failure) -> {
            if (isNoAnswer(failure)) {
                probing.later(PROBE_PAUSE.toMillis(), this::probe);
            } else {
                troubled = false;
                breaker().transitionToClosedState();
                log.info("Redis answers again (keys such as {})", key);
            }
        });
    }
}
