package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.testing.FaultProxy;
import io.r3mes.cache.testing.FaultProxy.Fault;
import io.r3mes.cache.testing.FaultProxy.Scope;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** F18: a node whose process is stopped, or killed while it loads. */
class ProcessFaultTest {

    private static final Duration TAKEOVER = ChildNodeMain.POLICY.load().lease().plusMillis(50);

    private final RedisProcess redis = RedisServers.standalone();
    private final FaultProxy proxy = FaultProxy.before(redis);
    private final TestNodes nodes = TestNodes.on(redis);
    private final CacheManager node = start();
    private final Cache<String, Long> cache = node.cache(ChildNodeMain.POLICY.name(), Long.class);

    @TempDir
    Path directory;

    private SharedVersion database;
    private ChildNode child;

    @BeforeEach
    void startChild() {
        Path file = directory.resolve("version");
        database = new SharedVersion(file);
        database.commit(1);
        child = ChildNode.start(proxy.uri(), file);
    }

    @AfterEach
    void close() {
        child.close();
        database.close();
        nodes.close();
        proxy.close();
        redis.close();
    }

    @Test
    void stoppedNodeHitsItsNearCacheOnlyAfterAFreshProof() {
        child.read();
        child.awaitHits(0);
        Duration stopped = Form.of(Duration.ofMillis(1_500), Duration.ofSeconds(10));

        child.stop();
        proxy.inject(new Fault.Stall(), Scope.ALL);
        long acknowledgedAt = invalidate(2);
        pause(stopped);
        long resumedAt = System.nanoTime();
        child.resume();
        pause(Duration.ofMillis(600));
        long withoutProof = child.hits(resumedAt);
        assertThat(child.older(acknowledgedAt, 2)).isZero();
        long healedAt = System.nanoTime();
        proxy.heal();
        child.awaitHits(healedAt);
        Figures.record(
                "F18",
                "SIGSTOP of a node for " + stopped.toMillis() + " ms: near-cache hits before a proof",
                "0",
                withoutProof);
        Figures.record(
                "F18",
                "SIGSTOP of a node: first near-cache hit once Redis can be reached",
                "",
                Duration.ofNanos(System.nanoTime() - healedAt));
        assertThat(withoutProof).isZero();

        child.stop();
        long againAt = invalidate(3);
        pause(Form.of(Duration.ofMillis(700), stopped));
        resumedAt = System.nanoTime();
        child.resume();
        child.awaitHits(resumedAt);
        Figures.record(
                "F18",
                "SIGSTOP of a node, Redis at hand: first near-cache hit after SIGCONT",
                "",
                Duration.ofNanos(System.nanoTime() - resumedAt));
        assertThat(child.older(acknowledgedAt, 2)).isZero();
        assertThat(child.older(againAt, 3)).isZero();
        Figures.record("F18", "SIGSTOP of a node: stale reads", "0", 0);
    }

    @Test
    void loadOfAKilledProcessIsTakenOver() {
        child.load("killed");
        database.commit(2);
        AtomicLong loadedAt = new AtomicLong();
        long killedAt = System.nanoTime();
        child.kill();
        Long read = cache.get("killed", (id, context) -> {
            loadedAt.set(System.nanoTime());
            return database.read();
        });
        Duration takeover = Duration.ofNanos(loadedAt.get() - killedAt);
        Figures.record("F18", "killed while it loads: taken over after (lease 500 ms)", "<= 550 ms", takeover);
        assertThat(read).isEqualTo(2);
        assertThat(takeover).isLessThan(TAKEOVER.plusSeconds(1));
        assertThat(elsewhere("killed")).isEqualTo(2);
    }

    @Test
    void lateFillOfAStoppedProcessIsRefused() {
        child.load("late");
        child.stop();
        database.commit(2);
        assertThat(cache.get("late", (id, context) -> database.read())).isEqualTo(2);
        child.resume();
        child.release(1);
        long stored = elsewhere("late");
        Figures.record("F18", "late fill after a takeover: version in Redis", "2", stored);
        assertThat(stored).isEqualTo(2);
    }

    private CacheManager start() {
        return nodes.start(builder -> builder.namespace(Arena.NAMESPACE)
                .redis(Arena.settings(redis.uri()))
                .caches(ChildNodeMain.POLICY));
    }

    /** What a node that knows nothing finds in Redis. */
    private long elsewhere(String id) {
        return start().<String, Long>cache(ChildNodeMain.POLICY.name(), Long.class)
                .getIfPresent(id)
                .orElse(-1L);
    }

    private long invalidate(long version) {
        database.commit(version);
        Invalidation receipt = node.invalidator().invalidateKey(cache.key("read"));
        assertThat(receipt.isPending()).isFalse();
        return System.nanoTime();
    }

    private static void pause(Duration duration) {
        long until = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }
}
