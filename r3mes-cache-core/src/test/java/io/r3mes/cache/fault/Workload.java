package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.CoherenceStatus;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.Loader;
import io.r3mes.cache.runtime.R3mesCache;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/**
 * Readers and writers on several nodes, held to the promise by a {@link History}. Each node has readers; writers commit a
 * version to a database, invalidate it by key, tag, pattern or cache, and note what was acknowledged.
 */
final class Workload implements AutoCloseable {

    static final Duration STALENESS = Duration.ofMillis(500);

    private static final String CACHE = "versions";

    static final CachePolicy POLICY = CachePolicy.of(CACHE, "version:{id}").withTags("id:{id}", "versions");

    private static final int READERS = 2;
    private static final long READ_PAUSE = Duration.ofNanos(100_000).toNanos();
    private static final long LONGEST_WRITE_PAUSE = Duration.ofMillis(16).toNanos();

    private final Settings settings;
    private final TestNodes nodes;
    private final List<Member> members = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, Long> database = new ConcurrentHashMap<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicBoolean writing = new AtomicBoolean(true);
    private final Set<Member> readers = ConcurrentHashMap.newKeySet();
    private final AtomicLong loads = new AtomicLong();
    private final LongAccumulator longestRead = new LongAccumulator(Math::max, 0);
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final String padding;

    final History history;

    /**
     * @param ids entries in use
     * @param padding characters that each value has in addition
     */
    record Settings(int ids, int padding) {

        static final Settings SMALL = new Settings(12, 0);
    }

    /** A cached value. */
    record Versioned(long version, String padding) {}

    /** A node and its cache. */
    record Member(CacheManager node, Cache<String, Versioned> cache, ReadSource source) {}

    Workload(TestNodes nodes) {
        this(nodes, Settings.SMALL, History.strict(STALENESS));
    }

    Workload(TestNodes nodes, Settings settings, History history) {
        this.nodes = nodes;
        this.settings = settings;
        this.history = history;
        this.padding = "x".repeat(settings.padding());
    }

    /** Starts a node that takes part once {@link #run} is called. */
    Member join(UnaryOperator<R3mesCache> options) {
        ReadSource source = new ReadSource();
        CacheManager node = nodes.start(builder ->
                options.apply(builder).maxStaleness(STALENESS).observer(source).caches(POLICY));
        return join(node, source);
    }

    /** Takes in a node that was started elsewhere with {@link #POLICY}. */
    Member join(CacheManager node, ReadSource source) {
        Member member = new Member(node, node.cache(CACHE, Versioned.class), source);
        members.add(member);
        return member;
    }

    /** Begins to read and write on all nodes. */
    void run() {
        for (Member member : members) {
            for (int i = 0; i < READERS; i++) {
                thread(() -> read(member));
            }
            thread(() -> write(member));
        }
    }

    /** Lets it go on for a while. */
    void keepOn(Duration duration) {
        long until = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }

    void awaitUntil(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }

    /** Lets a node read only, from now on. */
    void readOnly(Member member) {
        readers.add(member);
    }

    void pauseWriting(boolean whether) {
        writing.set(!whether);
    }

    /** Waits until every node trusts its near cache; returns how long that took. */
    Duration settle() {
        return await(status -> !status.fenced());
    }

    /** Waits until Redis has acknowledged every invalidation; returns how long that took. */
    Duration drain() {
        return await(status -> status.pending() == 0);
    }

    private Duration await(Predicate<CoherenceStatus> reached) {
        long since = System.nanoTime();
        awaitUntil(() -> members.stream().map(member -> member.node().status()).allMatch(reached));
        return Duration.ofNanos(System.nanoTime() - since);
    }

    /** Ends the run and asserts what every fault promises. */
    void assertPromises() {
        end();
        assertThat(failures).as("exceptions that reached a caller").isEmpty();
        assertThat(history.violations())
                .as("%d stale reads", history.violated())
                .isEmpty();
        assertThat(history.reads()).as("reads").isPositive();
        assertThat(history.acknowledged()).as("acknowledged invalidations").isPositive();
    }

    /** Ends the run and asserts that, with Redis at work, many callers of one missing key make at most one load on each node. */
    void assertLoadsOnce() {
        end();
        settle();
        drain();
        for (int round = 0; round < 3; round++) {
            Member first = members.get(0);
            Invalidation gone =
                    first.node().invalidator().invalidateKey(first.cache().key("0"));
            boolean applied = gone.awaitEverywhere(Duration.ofSeconds(5));
            long unavailableBefore = unavailable();
            long before = loads.get();
            List<Thread> herd = new ArrayList<>();
            for (Member member : members) {
                for (int i = 0; i < 4; i++) {
                    herd.add(thread(() -> readOnce(member, "0")));
                }
            }
            herd.forEach(Workload::join);
            if (applied && unavailable() == unavailableBefore) {
                assertThat(loads.get() - before).as("loads of one key").isLessThanOrEqualTo(members.size());
            }
        }
    }

    /** One checked read. */
    Versioned readOnce(Member member, String id) {
        member.source().forget();
        long startedAt = System.nanoTime();
        Versioned read = member.cache().get(id, loader());
        longestRead.accumulate(System.nanoTime() - startedAt);
        history.check(new History.Read(
                member, id, startedAt, read.version(), member.source().last()));
        return read;
    }

    /** Commits a new version of an id and invalidates it by key. */
    Invalidation writeOnce(Member member, String id) {
        long version = database.merge(id, 1L, Long::sum);
        Invalidation receipt =
                member.node().invalidator().invalidateKey(member.cache().key(id));
        History.Promise promise = history.returned(member, id, version, true);
        if (!receipt.isPending()) {
            history.acknowledged(promise);
        }
        return receipt;
    }

    int pending() {
        return members.stream()
                .mapToInt(member -> member.node().status().pending())
                .sum();
    }

    long unavailable() {
        return members.stream()
                .mapToLong(member -> member.source().unavailableCount())
                .sum();
    }

    long loads() {
        return loads.get();
    }

    Duration longestRead() {
        return Duration.ofNanos(longestRead.get());
    }

    @Override
    public void close() {
        end();
        nodes.close();
    }

    private void end() {
        over.set(true);
        threads.forEach(Workload::join);
    }

    private Loader<String, Versioned, RuntimeException> loader() {
        return (id, context) -> {
            loads.incrementAndGet();
            return new Versioned(database.getOrDefault(id, 0L), padding);
        };
    }

    private void read(Member member) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        while (!over.get()) {
            readOnce(member, Integer.toString(random.nextInt(settings.ids())));
            LockSupport.parkNanos(READ_PAUSE);
        }
    }

    private void write(Member member) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        List<Pending> pending = new ArrayList<>();
        while (!over.get()) {
            if (writing.get() && !readers.contains(member)) {
                Pending sent = write(member, Integer.toString(random.nextInt(settings.ids())));
                pending.add(sent);
            }
            for (Iterator<Pending> each = pending.iterator(); each.hasNext(); ) {
                Pending sent = each.next();
                if (!sent.receipt().isPending()) {
                    history.acknowledged(sent.promise());
                    each.remove();
                }
            }
            LockSupport.parkNanos(random.nextLong(LONGEST_WRITE_PAUSE));
        }
    }

    private Pending write(Member member, String id) {
        int kind = ThreadLocalRandom.current().nextInt(100);
        long version = database.merge(id, 1L, Long::sum);
        var invalidator = member.node().invalidator();
        Invalidation receipt;
        if (kind < 60) {
            receipt = invalidator.invalidateKey(member.cache().key(id));
        } else if (kind < 88) {
            receipt = invalidator.invalidateByTag("id:" + id);
        } else if (kind < 95) {
            receipt = invalidator.invalidateByPattern("version:" + id + "*");
        } else if (kind < 98) {
            receipt = invalidator.invalidateByTag("versions");
        } else {
            receipt = invalidator.invalidateCache(CACHE);
        }
        return new Pending(receipt, history.returned(member, id, version, kind < 60));
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (Throwable reached) {
                failures.add(reached);
            }
        });
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
        return thread;
    }

    private static void join(Thread thread) {
        try {
            thread.join(Duration.ofSeconds(30).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(thread.isAlive()).as("a caller still waits").isFalse();
    }

    private record Pending(Invalidation receipt, History.Promise promise) {}
}
