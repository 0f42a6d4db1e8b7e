package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Event;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the callers of one cache on one node share without Redis: at most one load of a key at a time, and what such loads
 * brought, for a short while.
 *
 * <p>Positions of the log cannot order a load and an invalidation here, because Redis hands them out. What orders them is
 * this node: an event that it recorded before a loader was called is of a write that the loader sees, and one recorded
 * later ends what may be shared. Guarded by its monitor, except that who records an event while nothing is shared takes
 * none.
 */
final class LoneLoads<V> implements Timeline.Watcher {

    private static final long BEFORE_ONLY = -1;

    private final Map<String, Load<V>> running = new HashMap<>();
    /** In the order of landing, which is about that of expiry. */
    private final Map<String, Kept<V>> kept = new LinkedHashMap<>();

    private final int mostKept;
    private final long keptNanos;
    private final long longestNanos;
    private boolean sweeping;
    private volatile boolean shares;

    /**
     * @param mostKept how many values it keeps at most
     * @param kept how long after the call of its loader a caller may come and still share the value
     * @param longest how long a load may take before another one of its key may begin
     */
    LoneLoads(int mostKept, Duration kept, Duration longest) {
        this.mostKept = mostKept;
        this.keptNanos = kept.toNanos();
        this.longestNanos = longest.toNanos();
    }

    /** What a caller is to do. */
    sealed interface Turn<V> {}

    /** A value that it may take. */
    record Kept<V>(@Nullable V value, Subject subject, long calledAt, long nanos) implements Turn<V> {}

    /** To load, for itself and for those who come. */
    record Lead<V>(Load<V> load) implements Turn<V> {}

    /** To take what another caller's load brings. */
    record Join<V>(Load<V> load) implements Turn<V> {}

    /** To ask again when a load has ended that is too old for it. */
    record Await<V>(Load<V> load) implements Turn<V> {}

    /** To load for itself, because this thread is loading the key already. */
    record Nested<V>() implements Turn<V> {}

    /** One load. All but {@code landing} is guarded by the monitor of its owner. */
    static final class Load<V> {

        private final Subject subject;
        private final LoaderThread thread;
        private final long beganAt;
        private final CompletableFuture<@Nullable Answer<V>> landing = new CompletableFuture<>();
        private boolean called;
        private long calledAt;
        private boolean overtaken;
        private boolean tagsInvalidated;

        private Load(Read<V> read, long now) {
            this.subject = read.subject();
            this.thread = read.thread();
            this.beganAt = now;
        }

        LoaderThread thread() {
            return thread;
        }

        /** What it brought for others; null if its caller was interrupted. */
        CompletableFuture<@Nullable Answer<V>> landing() {
            return landing;
        }
    }

    /**
     * @param anew whether only a load will do whose loader is called after the caller has come
     */
    synchronized Turn<V> turn(Read<V> read, boolean anew, long now) {
        Kept<V> value = kept.get(read.key());
        if (value != null && suits(read, anew, value.calledAt(), value.nanos())) {
            return value;
        }
        Load<V> load = running.get(read.key());
        if (load == null || now - load.beganAt > longestNanos) {
            Load<V> own = new Load<>(read, now);
            running.put(read.key(), own);
            shares = true;
            return new Lead<>(own);
        }
        if (load.thread.isCurrent()) {
            return new Nested<>();
        }
        // A tag that the loader decides may be among those that were invalidated since.
        boolean overtaken = load.overtaken || load.tagsInvalidated;
        boolean joins = !load.called || suits(read, anew, load.calledAt, overtaken ? BEFORE_ONLY : keptNanos);
        return joins ? new Join<>(load) : new Await<>(load);
    }

    /** Whether a caller came before a loader was called, or so soon after that it may share what it brings. */
    private boolean suits(Read<V> read, boolean anew, long calledAt, long nanos) {
        long late = read.startedAt() - calledAt;
        return late < 0 || (!anew && late <= nanos);
    }

    /** The loader is about to be called: what was recorded before is no news to it. */
    synchronized void called(Load<V> load, long now) {
        load.called = true;
        load.calledAt = now;
        load.overtaken = false;
        load.tagsInvalidated = false;
    }

    /**
     * Ends a load and tells those who wait for it.
     *
     * @param answer null if there is none for others
     * @param stored how the value may be kept
     * @return whether {@link #sweep} must be called after the time that values are kept
     */
    boolean land(Load<V> load, @Nullable Answer<V> answer, Stored stored) {
        boolean sweeps;
        synchronized (this) {
            boolean current = running.remove(load.subject.key(), load);
            if (current && answer instanceof Answer.Value<V> loaded && mayKeep(load, stored)) {
                keep(loaded.value(), load, stored);
            }
            sweeps = !kept.isEmpty() && !sweeping;
            sweeping |= sweeps;
            shares = !running.isEmpty() || !kept.isEmpty();
        }
        load.landing.complete(answer);
        return sweeps;
    }

    /** A tag that the loader decided may be among those that were invalidated while it ran. */
    private boolean mayKeep(Load<V> load, Stored stored) {
        boolean tagged = stored.subject().tags().size() > load.subject.tags().size();
        return keptNanos > 0 && stored.nanos() > 0 && !load.overtaken && !(tagged && load.tagsInvalidated);
    }

    /**
     * @param subject with the tags that the loader decided
     * @param nanos how long the value may be kept, by its TTL; 0 if not at all
     */
    record Stored(Subject subject, long nanos) {}

    private void keep(@Nullable V value, Load<V> load, Stored stored) {
        String key = stored.subject().key();
        kept.remove(key);
        if (kept.size() >= mostKept) {
            Iterator<String> eldest = kept.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
        kept.put(key, new Kept<>(value, stored.subject(), load.calledAt, Math.min(keptNanos, stored.nanos())));
    }

    /** Drops what is expired. Returns whether it must be called again. */
    synchronized boolean sweep(long now) {
        kept.values().removeIf(value -> now - value.calledAt() > value.nanos());
        sweeping = !kept.isEmpty();
        shares = sweeping || !running.isEmpty();
        return sweeping;
    }

    @Override
    public void recorded(Event event) {
        if (!shares) {
            return;
        }
        synchronized (this) {
            if (event instanceof Event.Keys invalidated) {
                invalidated.keys().forEach(this::overtake);
            } else {
                Predicate<Subject> covered = coverage(event);
                running.values().forEach(load -> {
                    load.overtaken |= covered.test(load.subject);
                    load.tagsInvalidated |= event instanceof Event.Tags;
                });
                kept.values().removeIf(value -> covered.test(value.subject()));
            }
        }
    }

    private void overtake(String key) {
        kept.remove(key);
        Load<V> load = running.get(key);
        if (load != null) {
            load.overtaken = true;
        }
    }

    private static Predicate<Subject> coverage(Event event) {
        if (event instanceof Event.Tags invalidated) {
            Set<String> tags = new HashSet<>(invalidated.tags());
            return subject -> subject.tags().stream().anyMatch(tags::contains);
        }
        return Rule.of(event, 0)::covers;
    }

    synchronized int size() {
        return running.size() + kept.size();
    }
}
