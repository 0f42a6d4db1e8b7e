package io.r3mes.cache.engine;

import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Marks;
import io.r3mes.cache.spi.ValueHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Reads entries of one cache from the remote store and judges them (rule 5 of the protocol). Thread-safe. */
final class RemoteReads {

    private final Node node;
    private final Staleness staleness;
    private final ValueFormat format;
    private final CacheObserver.OfCache observer;

    RemoteReads(Node node, Staleness staleness, ValueFormat format, CacheObserver.OfCache observer) {
        this.node = node;
        this.staleness = staleness;
        this.format = format;
        this.observer = observer;
    }

    /**
     * What the node knew when it sent a read: an entry that the read brings was proved at {@code head} at the earliest.
     *
     * @param epoch of the servers that the read was sent to
     */
    record Watch(long head, boolean fenced, long epoch) {}

    Watch watch() {
        return new Watch(
                node.timeline().head(),
                node.timeline().isFenced(node.now()),
                node.remote().epoch());
    }

    /**
     * Whether the timeline was complete when the read was sent, by the word of the servers that answered it: one that took
     * over may have lost invalidations, and entries with them.
     */
    private boolean isWatched(Watch watch) {
        return !watch.fenced()
                && node.timeline().isProvenBy(watch.epoch())
                && node.remote().epoch() == watch.epoch();
    }

    /** Completes on {@code executor}, never exceptionally. */
    CompletableFuture<Found> get(Subject subject, Watch watch, Executor executor) {
        return node.remote()
                .get(subject.key())
                .toCompletableFuture()
                .handleAsync((bytes, failure) -> judged(new Read(subject, watch, executor), bytes, failure), executor)
                .thenCompose(found -> found);
    }

    /** The same for several keys in one round trip for each shard, in the order of {@code subjects}. */
    CompletableFuture<List<Found>> getAll(List<Subject> subjects, Watch watch, Executor executor) {
        return node.remote()
                .getAll(subjects.stream().map(Subject::key).toList())
                .toCompletableFuture()
                .handleAsync(
                        (fetched, failure) -> {
                            List<CompletableFuture<Found>> all = new ArrayList<>(subjects.size());
                            for (int i = 0; i < subjects.size(); i++) {
                                Read read = new Read(subjects.get(i), watch, executor);
                                all.add(
                                        fetched == null
                                                ? judged(read, null, failure)
                                                : judged(
                                                        read,
                                                        fetched.values().get(i),
                                                        fetched.failures().get(i)));
                            }
                            return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                                    .thenApply(done -> all.stream()
                                            .map(CompletableFuture::join)
                                            .toList());
                        },
                        executor)
                .thenCompose(found -> found);
    }

    /** Judges bytes that a request sent after {@code watch} brought. */
    CompletableFuture<Found> judge(Subject subject, byte @Nullable [] bytes, Watch watch, Executor executor) {
        return judged(new Read(subject, watch, executor), bytes, null);
    }

    private CompletableFuture<Found> judged(Read read, byte @Nullable [] bytes, @Nullable Throwable failure) {
        if (failure != null) {
            observer.unavailable("get", Failures.cause(failure));
            return done(Found.Unavailable.INSTANCE);
        }
        if (bytes == null) {
            return done(Found.Miss.INSTANCE);
        }
        Envelope envelope;
        try {
            envelope = Envelope.read(bytes);
        } catch (Envelope.UnreadableException foreign) {
            observer.unreadable(read.subject().key(), foreign);
            remove(read, bytes);
            return done(Found.Miss.INSTANCE);
        }
        Subject subject = read.subject().withTags(envelope.tags());
        Envelope.Header header = envelope.header();
        Timeline timeline = node.timeline();
        if (staleness.isUseless(header) || timeline.isCovered(subject, header.birth())) {
            return done(Found.Miss.INSTANCE);
        }
        if (isWatched(read.watch()) && timeline.remembers(header.birth())) {
            return done(timeline.generation() == header.generation() ? decode(subject, envelope) : Found.Miss.INSTANCE);
        }
        return node.log()
                .marks(subject.tags(), header.birth())
                .toCompletableFuture()
                .handleAsync((marks, silent) -> judgeBy(marks, silent, subject, envelope), read.executor());
    }

    /**
     * Removes bytes that are no entry. One that was stored meanwhile goes with them unless it is younger than the read, and
     * than they claim to be.
     */
    private void remove(Read read, byte[] bytes) {
        long claimed = bytes.length < ValueHeader.BIRTH_END
                ? 0
                : ByteBuffer.wrap(bytes).getLong(ValueHeader.BIRTH_OFFSET);
        node.remote()
                .unlinkBornBefore(read.subject().key(), Math.max(read.watch().head(), claimed) + 1)
                .whenComplete((removed, failure) -> {
                    if (failure != null) {
                        observer.unavailable("remove", Failures.cause(failure));
                    }
                });
    }

    private Found judgeBy(@Nullable Marks marks, @Nullable Throwable failure, Subject subject, Envelope envelope) {
        if (marks == null) {
            observer.unavailable(
                    "marks", failure == null ? new IllegalStateException("no marks") : Failures.cause(failure));
            return Found.Unavailable.INSTANCE;
        }
        Envelope.Header header = envelope.header();
        boolean valid =
                marks.generation() == header.generation() && !node.timeline().isCovered(subject, header.birth(), marks);
        return valid ? decode(subject, envelope) : Found.Miss.INSTANCE;
    }

    private Found decode(Subject subject, Envelope envelope) {
        try {
            Object value = format.decode(envelope, subject.key());
            long overdue = staleness.overdue(envelope.header());
            return overdue < 0 ? new Found.Hit(value, envelope) : new Found.Stale(value, envelope, overdue);
        } catch (Exception unreadable) {
            observer.unreadable(subject.key(), unreadable);
            return Found.Miss.INSTANCE;
        }
    }

    private static CompletableFuture<Found> done(Found found) {
        return CompletableFuture.completedFuture(found);
    }

    private record Read(Subject subject, Watch watch, Executor executor) {}
}
