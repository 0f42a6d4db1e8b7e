package io.r3mes.cache.race;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.race.RaceNode.Receipt;
import io.r3mes.cache.runtime.R3mesCache;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
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

/** Nodes on one ground, a database, threads, and a count of what must not happen. */
final class RaceFixture implements AutoCloseable {

    static final String CACHE = "versions";
    static final String EAGER = "eager";

    private static final Duration LONG = Duration.ofSeconds(30);

    private final Ground ground;
    private final TestNodes nodes;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong stale = new AtomicLong();

    final Database database = new Database();
    /** The node that most rows watch; always in this JVM. */
    final LocalNode here;
    /** The other one, in another JVM if the ground says so. */
    final RaceNode there;
    /** Remembers next to nothing, as a node that has just started: it judges what Redis holds by what Redis knows. */
    final LocalNode forgetful;

    final Cache<String, Long> cacheHere;

    RaceFixture(Ground ground) {
        this.ground = ground;
        String namespace = "races-" + UUID.randomUUID();
        nodes = TestNodes.on(ground.settings(), namespace);
        here = node(builder -> builder);
        OtherJvm other = ground.otherJvm();
        there = other == null
                ? node(builder -> builder)
                : other.open(ground.settings(), ground.onFailover(), namespace);
        forgetful = node(builder -> builder.maxRecords(1));
        cacheHere = here.cache();
    }

    private LocalNode node(UnaryOperator<R3mesCache> memory) {
        CacheManager started = nodes.start(
                builder -> memory.apply(builder).caches(LocalNode.POLICIES).onFailover(ground.onFailover()));
        return new LocalNode(started);
    }

    boolean isCalm() {
        return ground.isCalm();
    }

    static Event key(String id) {
        return new Event.Keys(List.of("version:" + id));
    }

    static Event eagerKey(String id) {
        return new Event.Keys(List.of("eager:" + id));
    }

    static Event tag(String tag) {
        return new Event.Tags(List.of(tag));
    }

    /** One round of a race. */
    interface Round {
        void run(String id) throws Exception;
    }

    /**
     * Runs all rounds, and more until a fault that began meanwhile is over, and asserts that none counted. Few ids are used,
     * so that rounds meet each other's remains.
     */
    void play(String race, Round round) throws Exception {
        long startedAt = System.nanoTime();
        long faultsBefore = ground.faultsSoFar();
        long played = 0;
        while (played < ground.rounds() || ground.isFaultUnderWay()) {
            round.run("k" + played % 7);
            played++;
            ground.roundPlayed();
        }
        long millis = Duration.ofNanos(System.nanoTime() - startedAt).toMillis();
        System.out.printf(
                "race: %-58s %7d rounds, %d stale, %d ms, %d faults%n",
                race, played, stale.get(), millis, ground.faultsSoFar() - faultsBefore);
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
    void check(String id, Receipt... receipts) {
        for (Receipt each : receipts) {
            awaitBoth(each);
        }
        long committed = database.read(id);
        awaitForgotten();
        count(forgetful.getIfPresent(id, Long.MAX_VALUE), committed);
        count(here.get(id, database.loader()), committed);
        count(there.get(id, database.loader()), committed);
        count(here.get(id, database.loader()), committed);
    }

    /** Lets the forgetful node forget all that was invalidated before. */
    void awaitForgotten() {
        awaitApplied(forgetful, here.invalidate(key("other")));
    }

    /** Waits until Redis has acknowledged and both nodes have applied the invalidation. */
    void awaitBoth(Receipt receipt) {
        awaitApplied(here, receipt);
        awaitApplied(there, receipt);
    }

    private static void awaitApplied(RaceNode node, Receipt receipt) {
        if (!node.awaitApplied(receipt.acknowledged(LONG), LONG)) {
            throw new IllegalStateException("A node does not follow the log");
        }
    }

    void count(long value, long atLeast) {
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
        there.close();
        nodes.close();
    }
}
