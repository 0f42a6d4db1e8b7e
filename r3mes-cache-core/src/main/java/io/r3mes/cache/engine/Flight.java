package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Head;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One load of one key on this node that other callers may wait for.
 *
 * <p>Thread-safe: {@code head} is set once, before the loader runs, {@code withoutRedis} before {@code landing} completes,
 * which it does once.
 */
final class Flight<V> {

    private final Subject subject;
    private final LoaderThread thread;
    private final long beganAt;
    private final long joinableUntil;
    private final CompletableFuture<Landing<V>> landing = new CompletableFuture<>();
    private volatile @Nullable Head head;
    private volatile boolean withoutRedis;

    /**
     * @param thread the one that calls the loader
     * @param beganAt in nanoseconds of the node's clock
     * @param joinableUntil when nobody waits for it any more, in the same
     */
    Flight(Subject subject, LoaderThread thread, long beganAt, long joinableUntil) {
        this.subject = subject;
        this.thread = thread;
        this.beganAt = beganAt;
        this.joinableUntil = joinableUntil;
    }

    /**
     * How a flight ended.
     *
     * @param subject with the tags that the loader decided
     * @param birth of the value, in {@code generation}; meaningless for a failure
     * @param seen the position at which the value was proved valid
     */
    record Landing<V>(Answer<V> answer, Subject subject, long generation, long birth, long seen) {

        Landing(Answer<V> answer, Subject subject, long generation, long birth) {
            this(answer, subject, generation, birth, birth);
        }
    }

    /** The landing with what was found in the remote store by a request sent after {@code watch}. */
    static <V> Landing<V> landing(Answer<V> answer, Subject subject, Envelope found, RemoteReads.Watch watch) {
        long seen = Math.max(found.birth(), watch.head());
        return new Landing<>(answer, found.of(subject), found.generation(), found.birth(), seen);
    }

    /** The landing of a flight that brought nothing that others may take. */
    static <V> Landing<V> nowhere(Subject subject) {
        return new Landing<>(new Answer.Value<>(null), subject, 0, Long.MIN_VALUE);
    }

    Subject subject() {
        return subject;
    }

    LoaderThread thread() {
        return thread;
    }

    long beganAt() {
        return beganAt;
    }

    CompletableFuture<Landing<V>> landing() {
        return landing;
    }

    /** The loader is about to read; the value will be born at this head. */
    void depart(Head bornAt) {
        head = bornAt;
    }

    void land(Landing<V> ended) {
        landing.complete(ended);
    }

    /** Ends it because Redis did not answer; who joined need not ask Redis again. */
    void landWithoutRedis() {
        withoutRedis = true;
        land(nowhere(subject));
    }

    boolean isWithoutRedis() {
        return withoutRedis;
    }

    /** Whether the calling thread is the one that loads: waiting for it would never end. */
    boolean isOfThisThread() {
        return thread.isCurrent();
    }

    /** Whether a caller that starts now may take this flight's result for its own. */
    boolean isJoinable(Timeline timeline, long now) {
        if (isOfThisThread() || now - joinableUntil > 0 || timeline.isFenced(now)) {
            return false;
        }
        Head bornAt = head;
        return bornAt == null
                || (bornAt.generation() == timeline.generation()
                        && !timeline.isCovered(subject, bornAt.position())
                        && timeline.remembers(bornAt.position()));
    }

    /** Whether what landed is still valid for a caller that joined. */
    static boolean isValid(Landing<?> landed, Timeline timeline, long now) {
        if (landed.answer() instanceof Answer.LoaderFailed<?> failed) {
            return !failed.isAborted();
        }
        return !timeline.isFenced(now)
                && landed.generation() == timeline.generation()
                && !timeline.isCovered(landed.subject(), landed.birth())
                && timeline.remembers(landed.seen());
    }
}
