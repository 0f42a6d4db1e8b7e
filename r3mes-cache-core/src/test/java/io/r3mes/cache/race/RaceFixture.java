package io.r3mes.cache.race;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.race.RaceNode.Receipt;
import io.r3mes.cache.runtime.R3mesCache;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** Nodes on one ground, a database, threads, and a count of what must not happen. */
final class RaceFixture implements AutoCloseable {

    static final String CACHE = "versions";
    static final String EAGER = "eager";

    private static final int MOST_APART = 4;
    /** Keys for which a master of three is overlooked once in a hundred thousand times. */
    private static final int SETTLED = 16;

    private static final Duration LONG = Duration.ofSeconds(60);

    private final Ground ground;
    private final TestNodes nodes;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    /** What must not happen: the version read, the one promised, and by which lines. */
    private final Queue<String> stale;

    private final AtomicLong forgettingAsked = new AtomicLong();
    /** Guarded by {@link #forgettingAsked}. */
    private long forgettingDone;

    final Database database = new Database();
    /** The node that most rows watch; always in this JVM. */
    final LocalNode here;
    /** The other one, in another JVM if the ground says so. */
    final RaceNode there;
    /** Remembers next to nothing, as a node that has just started: it judges what Redis holds by what Redis knows. */
    final LocalNode forgetful;

    final Cache<String, Long> cacheHere;

    RaceFixture(Ground ground) {
        this(ground, new ConcurrentLinkedQueue<>());
    }

    private RaceFixture(Ground ground, Queue<String> stale) {
        this.ground = ground;
        this.stale = stale;
        String namespace = "races-" + UUID.randomUUID();
        nodes = TestNodes.on(ground.settings(), namespace);
        here = node(builder -> builder);
        OtherJvm other = ground.otherJvm();
        there = other == null ? node(builder -> builder) : other.open(ground, namespace);
        forgetful = node(builder -> builder.maxRecords(1));
        cacheHere = here.cache();
        if (ground.isCalm()) {
            settle();
        }
    }

    /**
     * Until its servers have proved themselves a node judges by the stamps of tags, and a tag's first stamp costs a load. Each
     * master of a cluster begins to do so when a node's first command reaches it, so as many keys are accepted in a row as it
     * takes to reach all.
     */
    private void settle() {
        AtomicInteger tries = new AtomicInteger();
        AtomicInteger inARow = new AtomicInteger();
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> {
                    String id = "settling" + tries.incrementAndGet();
                    boolean accepted = accepts(there, here, id) && accepts(here, there, id + "back");
                    return (accepted ? inARow.incrementAndGet() : inARow.updateAndGet(none -> 0)) >= SETTLED;
                });
    }

    /** Whether a node serves what another one stored before an invalidation that does not concern it. */
    private static boolean accepts(RaceNode reader, RaceNode writer, String id) {
        long stored = writer.get(id, (key, context) -> 1L);
        writer.invalidate(key("another")).acknowledged(LONG);
        return reader.getIfPresent(id, -1) == stored;
    }

    private LocalNode node(UnaryOperator<R3mesCache> memory) {
        return new LocalNode(
                nodes.start(builder -> LocalNode.configure(memory.apply(builder), ground.onFailover(), ground.isCalm())
                        .caches(LocalNode.EAGER)));
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

    /** The ids of all rounds. */
    List<String> ids() {
        return Lanes.ids(ground);
    }

    /** Plays a race in lanes that share the nodes, and asserts that no round counted. */
    void play(String race, Round round) throws Exception {
        play(race, Collections.nCopies(ground.lanes(), round));
    }

    /** The same for a round that empties a cache: each lane has nodes and a namespace of its own. */
    void playApart(String race, Function<RaceFixture, Round> rounds) throws Exception {
        List<RaceFixture> others = Stream.generate(() -> new RaceFixture(ground, stale))
                .limit(Math.min(ground.lanes(), MOST_APART) - 1L)
                .toList();
        try {
            play(
                    race,
                    Stream.concat(Stream.of(this), others.stream()).map(rounds).toList());
        } finally {
            others.forEach(RaceFixture::close);
        }
    }

    private void play(String race, List<Round> lanes) throws Exception {
        long startedAt = System.nanoTime();
        long faultsBefore = ground.faultsSoFar();
        Lanes.Played played = new Lanes(ground).play(lanes, threads);
        long millis = Duration.ofNanos(System.nanoTime() - startedAt).toMillis();
        System.out.printf(
                "race: %-58s %7d rounds, %d stale, %d ms, %d faults, %d rounds more meanwhile%n",
                race, played.rounds(), stale.size(), millis, ground.faultsSoFar() - faultsBefore, played.inFaults());
        assertThat(stale).as(race).isEmpty();
    }

    <T> Future<T> start(Callable<T> work) {
        return threads.submit(work);
    }

    static <T> T end(Future<T> work) throws InterruptedException, ExecutionException, TimeoutException {
        return work.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    /** Reads on all nodes once each has applied the invalidations, and counts what is older than the database. */
    void check(String id, Receipt... receipts) {
        for (Receipt each : receipts) {
            awaitBoth(each);
        }
        awaitForgotten();
        checkAgain(id);
    }

    /**
     * Reads on all nodes, all of which have applied what must be. The forgetful one reads first, before another node can
     * replace what Redis holds.
     */
    void checkAgain(String id) {
        long committed = database.read(id);
        count(forgetful.getIfPresent(id, Long.MAX_VALUE), committed);
        count(here.get(id, database.loader()), committed);
        count(there.get(id, database.loader()), committed);
        count(here.get(id, database.loader()), committed);
    }

    /** Lets the forgetful node forget all that was invalidated before: lanes that wait at once do it together. */
    void awaitForgotten() {
        long mine = forgettingAsked.incrementAndGet();
        synchronized (forgettingAsked) {
            if (forgettingDone < mine) {
                long asked = forgettingAsked.get();
                awaitApplied(forgetful, here.invalidate(key("other")));
                forgettingDone = asked;
            }
        }
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
            stale.add("%d where %d was promised, %s".formatted(value, atLeast, callers()));
        }
    }

    void countLoads(long loads) {
        stale.add("%d loads, %s".formatted(loads, callers()));
    }

    private static String callers() {
        return StackWalker.getInstance()
                .walk(frames -> frames.skip(2)
                        .limit(2)
                        .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                        .collect(Collectors.joining(" of ")));
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
