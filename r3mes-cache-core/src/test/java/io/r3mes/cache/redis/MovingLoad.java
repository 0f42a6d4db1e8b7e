package io.r3mes.cache.redis;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.Loader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * A node that writes, invalidates and reads, and one that reads, until stopped; and the history of what was promised and
 * what was read. Versions of an id only grow.
 */
final class MovingLoad implements AutoCloseable {

    static final List<String> IDS =
            IntStream.range(0, 24).mapToObj(i -> "k" + i).toList();
    static final CachePolicy POLICY =
            CachePolicy.of("moving", "moving:{id}").withTags("tag:{id}").withTtl(Duration.ofHours(1));

    /** How old a near copy of the other node may be. */
    private static final long MAX_STALENESS_NANOS = Duration.ofMillis(500).toNanos();

    private final CacheManager writer;
    private final Map<String, AtomicLong> database = new ConcurrentHashMap<>();
    private final Map<String, ConcurrentSkipListMap<Long, Long>> promised = new ConcurrentHashMap<>();
    private final Queue<Sent> unacknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final Queue<String> stale = new ConcurrentLinkedQueue<>();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong loads = new AtomicLong();
    private final AtomicLong deferred = new AtomicLong();
    private final AtomicLong slowestNanos = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    MovingLoad(CacheManager writer, CacheManager reader) {
        this.writer = writer;
        for (String id : IDS) {
            database.put(id, new AtomicLong());
            promised.put(id, new ConcurrentSkipListMap<>());
        }
        Cache<String, Long> near = writer.cache("moving", Long.class);
        Cache<String, Long> far = reader.cache("moving", Long.class);
        run(() -> write(near));
        run(() -> read(near, 0));
        run(() -> read(far, MAX_STALENESS_NANOS));
        run(() -> readAll(far));
        run(this::acknowledge);
    }

    static String key(String id) {
        return "moving:" + id;
    }

    /** Waits until every kind of work was done some more times. */
    void awaitMore() {
        long moreReads = reads.get() + 50;
        long moreWrites = writes.get() + 6;
        Awaitility.await("the load goes on")
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(30))
                .until(() -> reads.get() >= moreReads && writes.get() >= moreWrites);
    }

    void stop() {
        stopped = true;
        Awaitility.await("every invalidation is acknowledged")
                .atMost(Duration.ofSeconds(10))
                .until(() -> {
                    acknowledge();
                    return unacknowledged.isEmpty() && threads.stream().noneMatch(Thread::isAlive);
                });
    }

    Collection<String> errors() {
        return errors;
    }

    Collection<String> stale() {
        return stale;
    }

    /** From the call until Redis had it, those that were pending in between included. */
    Duration slowestAcknowledgement() {
        return Duration.ofNanos(slowestNanos.get());
    }

    @Override
    public void close() {
        stopped = true;
        threads.forEach(Thread::interrupt);
    }

    @Override
    public String toString() {
        return "%d reads, %d loads, %d invalidations, %d of them pending, slowest %d ms"
                .formatted(
                        reads.get(),
                        loads.get(),
                        writes.get(),
                        deferred.get(),
                        slowestAcknowledgement().toMillis());
    }

    private void run(Runnable step) {
        Thread thread = new Thread(() -> {
            while (!stopped) {
                try {
                    step.run();
                } catch (RuntimeException e) {
                    errors.add(e.toString());
                }
            }
        });
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void write(Cache<String, Long> cache) {
        String id = any();
        long version = database.get(id).incrementAndGet();
        Sent sent = new Sent(id, version, System.nanoTime(), invalidate(cache, id));
        writes.incrementAndGet();
        if (sent.receipt().isPending()) {
            deferred.incrementAndGet();
        }
        check(id, version, cache.get(id, loader()), "by its writer");
        unacknowledged.add(sent);
    }

    private Invalidation invalidate(Cache<String, Long> cache, String id) {
        return writes.get() % 3 == 0 ? writer.invalidator().invalidateByTag("tag:" + id) : cache.delete(id);
    }

    private void acknowledge() {
        unacknowledged.removeIf(sent -> {
            if (sent.receipt().isPending()) {
                return false;
            }
            long now = System.nanoTime();
            slowestNanos.accumulateAndGet(now - sent.at(), Math::max);
            promised.get(sent.id()).put(now, sent.version());
            return true;
        });
        pause();
    }

    private void read(Cache<String, Long> cache, long stalenessNanos) {
        String id = any();
        long atLeast = promised(id, System.nanoTime() - stalenessNanos);
        check(id, atLeast, cache.get(id, loader()), stalenessNanos == 0 ? "on its node" : "on the other node");
    }

    private void readAll(Cache<String, Long> cache) {
        long asOf = System.nanoTime() - MAX_STALENESS_NANOS;
        List<String> ids = List.of(any(), any(), any(), any(), any());
        List<Long> atLeast = ids.stream().map(id -> promised(id, asOf)).toList();
        Map<String, Long> found = cache.getAll(ids, wanted -> {
            Map<String, Long> loaded = new ConcurrentHashMap<>();
            wanted.forEach(id -> loaded.put(id, committed(id)));
            return loaded;
        });
        for (int i = 0; i < ids.size(); i++) {
            check(ids.get(i), atLeast.get(i), found.get(ids.get(i)), "in bulk");
        }
    }

    private long promised(String id, long asOf) {
        return promised.get(id).headMap(asOf, true).values().stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
    }

    /** Leaves time to the others. */
    private static void pause() {
        LockSupport.parkNanos(1_000_000);
    }

    private void check(String id, long atLeast, Long found, String where) {
        reads.incrementAndGet();
        pause();
        if (found == null || found < atLeast) {
            stale.add("%s of %s, read %s, is older than %d".formatted(found, id, where, atLeast));
        }
    }

    private Loader<String, Long, RuntimeException> loader() {
        return (id, context) -> committed(id);
    }

    private long committed(String id) {
        loads.incrementAndGet();
        return database.get(id).get();
    }

    private static String any() {
        return IDS.get(ThreadLocalRandom.current().nextInt(IDS.size()));
    }

    private record Sent(String id, long version, long at, Invalidation receipt) {}
}
