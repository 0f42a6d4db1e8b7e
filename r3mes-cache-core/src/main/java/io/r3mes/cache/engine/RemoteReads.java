package io.r3mes.cache.engine;

import io.r3mes.cache.spi.CacheObserver;
import io.r3mes.cache.spi.Marks;
import io.r3mes.cache.spi.ValueHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
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
        return get(subject, watch, executor, RemoteReads::asIs);
    }

    /**
     * The same for a caller who, on {@code executor}, makes something else of what is found. A thread that is the executor
     * waits for what comes of this, and for nothing that may come without it.
     */
    <T> CompletableFuture<T> get(Subject subject, Watch watch, Executor executor, Use<T> use) {
        if (executor instanceof CallerThread caller) {
            caller.expectStep();
        }
        Judging<T> judging = new Judging<>(subject, watch, executor, use);
        node.remote().get(subject.key()).whenComplete(judging);
        return judging.result;
    }

    /** What is made of what is found. */
    @FunctionalInterface
    interface Use<T> {

        /** Completes {@code result}, now or later. */
        void found(Found found, CompletableFuture<T> result);
    }

    private static void asIs(Found found, CompletableFuture<Found> result) {
        result.complete(found);
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
                                Judging<Found> judging =
                                        new Judging<>(subjects.get(i), watch, executor, RemoteReads::asIs);
                                if (fetched == null) {
                                    judging.judge(null, failure);
                                } else {
                                    judging.judge(
                                            fetched.values().get(i),
                                            fetched.failures().get(i));
                                }
                                all.add(judging.result);
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
        Judging<Found> judging = new Judging<>(subject, watch, executor, RemoteReads::asIs);
        judging.judge(bytes, null);
        return judging.result;
    }

    /** One read: what it brings, on any thread, is judged and used on the reader's executor. */
    private final class Judging<T> implements BiConsumer<byte @Nullable [], @Nullable Throwable>, Runnable {

        private final Subject asked;
        private final Watch watch;
        private final Executor executor;
        private final Use<T> use;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private byte @Nullable [] bytes; // handed over by the executor
        private @Nullable Throwable failure; // handed over by the executor

        Judging(Subject asked, Watch watch, Executor executor, Use<T> use) {
            this.asked = asked;
            this.watch = watch;
            this.executor = executor;
            this.use = use;
        }

        @Override
        public void accept(byte @Nullable [] brought, @Nullable Throwable failed) {
            bytes = brought;
            failure = failed;
            try {
                executor.execute(this);
            } catch (Throwable refused) {
                result.completeExceptionally(refused);
            }
        }

        @Override
        public void run() {
            judge(bytes, failure);
        }

        void judge(byte @Nullable [] brought, @Nullable Throwable failed) {
            try {
                if (failed == null) {
                    judge(brought);
                } else {
                    observer.unavailable("get", Failures.cause(failed));
                    use.found(Found.Unavailable.INSTANCE, result);
                }
            } catch (Throwable thrown) {
                result.completeExceptionally(thrown);
            }
        }

        private void judge(byte @Nullable [] brought) {
            if (brought == null) {
                use.found(Found.Miss.INSTANCE, result);
                return;
            }
            Envelope envelope;
            try {
                envelope = Envelope.read(brought);
            } catch (Envelope.UnreadableException foreign) {
                observer.unreadable(asked.key(), foreign);
                remove(brought);
                use.found(Found.Miss.INSTANCE, result);
                return;
            }
            Subject subject = envelope.of(asked);
            Timeline timeline = node.timeline();
            if (staleness.isUseless(envelope) || timeline.isCovered(subject, envelope.birth())) {
                use.found(Found.Miss.INSTANCE, result);
            } else if (isWatched(watch) && timeline.remembers(envelope.birth())) {
                boolean current = timeline.generation() == envelope.generation();
                use.found(current ? decode(subject, envelope) : Found.Miss.INSTANCE, result);
            } else {
                askForMarks(subject, envelope);
            }
        }

        private void askForMarks(Subject subject, Envelope envelope) {
            node.log()
                    .marks(subject.tags(), envelope.birth())
                    .toCompletableFuture()
                    .handleAsync((marks, silent) -> judgeBy(marks, silent, subject, envelope), executor)
                    .thenAccept(found -> use.found(found, result))
                    .whenComplete((used, thrown) -> {
                        if (thrown != null) {
                            result.completeExceptionally(thrown);
                        }
                    });
        }

        /**
         * Removes bytes that are no entry. One that was stored meanwhile goes with them unless it is younger than the
         * read, and than they claim to be.
         */
        private void remove(byte[] foreign) {
            long claimed = foreign.length < ValueHeader.BIRTH_END
                    ? 0
                    : ByteBuffer.wrap(foreign).getLong(ValueHeader.BIRTH_OFFSET);
            node.remote()
                    .unlinkBornBefore(asked.key(), Math.max(watch.head(), claimed) + 1)
                    .whenComplete((removed, silent) -> {
                        if (silent != null) {
                            observer.unavailable("remove", Failures.cause(silent));
                        }
                    });
        }
    }

    private Found judgeBy(@Nullable Marks marks, @Nullable Throwable failure, Subject subject, Envelope envelope) {
        if (marks == null) {
            observer.unavailable(
                    "marks", failure == null ? new IllegalStateException("no marks") : Failures.cause(failure));
            return Found.Unavailable.INSTANCE;
        }
        boolean valid = marks.generation() == envelope.generation()
                && !node.timeline().isCovered(subject, envelope.birth(), marks);
        return valid ? decode(subject, envelope) : Found.Miss.INSTANCE;
    }

    private Found decode(Subject subject, Envelope envelope) {
        try {
            Object value = format.decode(envelope, subject.key());
            long overdue = staleness.overdue(envelope);
            return overdue < 0 ? new Found.Hit(value, envelope) : new Found.Stale(value, envelope, overdue);
        } catch (Exception unreadable) {
            observer.unreadable(subject.key(), unreadable);
            return Found.Miss.INSTANCE;
        }
    }
}
