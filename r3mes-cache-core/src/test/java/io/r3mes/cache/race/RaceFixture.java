package io.r3mes.cache.race;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.CachePolicy.Expiry;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.runtime.R3mesCache;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** Nodes on one Redis, a database, threads, and a count of what must not happen. */
final class RaceFixture implements AutoCloseable {

    static final String CACHE = "versions";

    private static final Duration LONG = Duration.ofSeconds(30);

    private final RedisProcess redis = RedisServers.standalone();
    private final TestNodes nodes = TestNodes.on(redis);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong stale = new AtomicLong();
    private final long rounds =
            "long".equals(System.getProperty("r3mes.races")) ? 100_000 : Long.getLong("r3mes.races.rounds", 300);

    final Database database = new Database();
    final CacheManager here = node(builder -> builder);
    final CacheManager there = node(builder -> builder);
    /** Remembers next to nothing, as a node that has just started: it judges what Redis holds by what Redis knows. */
    private final CacheManager forgetful = node(builder -> builder.maxRecords(1));

    final Cache<String, Long> cacheHere = here.cache(CACHE, Long.class);
    final Cache<String, Long> cacheThere = there.cache(CACHE, Long.class);
    private final Cache<String, Long> cacheForgetful = forgetful.cache(CACHE, Long.class);

    private CacheManager node(UnaryOperator<R3mesCache> memory) {
        return nodes.start(builder -> memory.apply(builder)
                .caches(
                        CachePolicy.of(CACHE, "version:{id}")
                                .withTags("id:{id}", "versions")
                                .withExpiry(new Expiry(Duration.ofMinutes(10), 0, 0)),
                        CachePolicy.of("eager", "eager:{id}").withExpiry(new Expiry(Duration.ofMillis(100), 0, 0.9))));
    }

    /** One round of a race. */
    interface Round {
        void run(String id) throws Exception;
    }

    /** Runs all rounds and asserts that none counted. Few ids are used, so that rounds meet each other's remains. */
    void play(String race, Round round) throws Exception {
        long startedAt = System.nanoTime();
        for (long i = 0; i < rounds; i++) {
            round.run("k" + i % 7);
        }
        long millis = Duration.ofNanos(System.nanoTime() - startedAt).toMillis();
        System.out.printf("race: %-58s %7d rounds, %d stale, %d ms%n", race, rounds, stale.get(), millis);
        assertThat(stale).as(race).hasValue(0);
    }

    <T> Future<T> start(Callable<T> work) {
        return threads.submit(work);
    }

    static <T> T end(Future<T> work) throws InterruptedException, ExecutionException, TimeoutException {
        return work.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    /**
     * Reads on all nodes once each has applied the invalidations, and counts what is older than the database. The forgetful
     * one reads first, before another node can replace what Redis holds.
     */
    void check(String id, Invalidation... acknowledged) {
        for (Invalidation each : acknowledged) {
            awaitBoth(each);
        }
        long committed = database.read(id);
        Invalidation other = here.invalidator().invalidateKey(cacheHere.key("other"));
        if (!forgetful.awaitApplied(other.position().orElseThrow(), LONG)) {
            throw new IllegalStateException("A node does not follow the log");
        }
        count(cacheForgetful.getIfPresent(id).orElse(Long.MAX_VALUE), committed);
        count(cacheHere.get(id, database.loader()), committed);
        count(cacheThere.get(id, database.loader()), committed);
        count(cacheHere.get(id, database.loader()), committed);
    }

    /** Waits until both nodes have applied the invalidation. */
    void awaitBoth(Invalidation acknowledged) {
        long position = acknowledged.position().orElseThrow();
        if (!here.awaitApplied(position, LONG) || !there.awaitApplied(position, LONG)) {
            throw new IllegalStateException("A node does not follow the log");
        }
    }

    void count(Long value, long atLeast) {
        if (value < atLeast) {
            stale.incrementAndGet();
        }
    }

    void countOne() {
        stale.incrementAndGet();
    }

    /** Lets the other threads get a different distance in each round. */
    static void waver() {
        long spins = ThreadLocalRandom.current().nextLong(3_000);
        for (long i = 0; i < spins; i++) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        nodes.close();
        redis.close();
    }
}
