package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.OnFailover;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.Replays;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A server that loses acknowledged invalidations, as a promoted replica does: it comes back with what it held before
 * them.
 */
class LostInvalidationsTest {

    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}").withTags("tag");

    private final RedisProcess redis = RedisServers.standalone();
    private final TestNodes nodes = TestNodes.on(redis);
    private final Map<CacheManager, Replays> replays = new IdentityHashMap<>();
    private volatile long database = 1;

    @AfterEach
    void close() {
        nodes.close();
        redis.close();
    }

    /** The kinds of invalidation that can be lost. */
    enum Scope {
        KEY(invalidator -> invalidator.invalidateKey("c:1")),
        TAG(invalidator -> invalidator.invalidateByTag("tag")),
        PATTERN(invalidator -> invalidator.invalidateByPattern("c:*")),
        CACHE(invalidator -> invalidator.invalidateCache("c")),
        ALL(CacheInvalidator::invalidateAll);

        private final Function<CacheInvalidator, Invalidation> call;

        Scope(Function<CacheInvalidator, Invalidation> call) {
            this.call = call;
        }
    }

    @ParameterizedTest
    @EnumSource
    void issuerSendsThemAgain(Scope scope) {
        CacheManager issuer = start(OnFailover.REPLAY);
        Invalidation acknowledged = loseInvalidation(issuer, scope);
        awaitReplay(issuer);
        assertThat(read(start(OnFailover.REPLAY))).isEqualTo(2);
        assertThat(acknowledged.isPending()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void nodeThatSawThemSendsThemAgainWhenTheIssuerIsGone(Scope scope) {
        CacheManager issuer = start(OnFailover.REPLAY);
        CacheManager witness = start(OnFailover.REPLAY);
        Invalidation acknowledged = prepare(issuer, scope);
        assertThat(witness.awaitApplied(acknowledged.position().orElseThrow(), Duration.ofSeconds(5)))
                .isTrue();
        issuer.close();
        rollBack();
        awaitReplay(witness);
        assertThat(read(start(OnFailover.REPLAY))).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void fenceLetsNoReadSeeWhatWasLost(Scope scope) {
        CacheManager issuer = start(OnFailover.FENCE);
        CacheManager other = start(OnFailover.FENCE);
        loseInvalidation(issuer, scope);
        CacheManager late =
                nodes.startWithoutWaiting(builder -> builder.caches(POLICY).onFailover(OnFailover.FENCE));
        assertThat(read(late)).isEqualTo(2);
        assertThat(read(other)).isEqualTo(2);
        assertThat(read(issuer)).isEqualTo(2);
    }

    @Test
    void replaysNothingThatTheServerStillHolds() {
        CacheManager issuer = start(OnFailover.REPLAY);
        read(issuer);
        issuer.invalidator().invalidateKey("c:1");
        save();
        redis.restart();
        read(issuer);
        await().until(() -> !replays.get(issuer).all().isEmpty());
        assertThat(replays.get(issuer).all())
                .extracting(Replays.Replay::invalidations)
                .containsOnly(0);
    }

    private Invalidation loseInvalidation(CacheManager issuer, Scope scope) {
        Invalidation acknowledged = prepare(issuer, scope);
        rollBack();
        return acknowledged;
    }

    /** Caches the old value, makes the server remember that state, changes the database and invalidates. */
    private Invalidation prepare(CacheManager issuer, Scope scope) {
        assertThat(read(issuer)).isEqualTo(1);
        assertThat(cache(issuer).getIfPresent("1").isHit()).isTrue();
        List<String> held = RedisServers.command(redis, commands -> commands.keys("*:c:1"));
        assertThat(held).as("what the server will remember").hasSize(1);
        save();
        database = 2;
        Invalidation acknowledged = scope.call.apply(issuer.invalidator());
        assertThat(acknowledged.isPending()).isFalse();
        return acknowledged;
    }

    private void save() {
        RedisServers.command(redis, commands -> commands.save());
    }

    private void rollBack() {
        redis.restart();
    }

    private CacheManager start(OnFailover policy) {
        Replays observed = new Replays();
        CacheManager node =
                nodes.start(builder -> builder.caches(POLICY).onFailover(policy).observer(observed));
        replays.put(node, observed);
        return node;
    }

    private long read(CacheManager node) {
        return cache(node).get("1", (id, context) -> database);
    }

    private static Cache<String, Long> cache(CacheManager node) {
        return node.cache("c", Long.class);
    }

    private void awaitReplay(CacheManager node) {
        Replays observed = replays.get(node);
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> observed.all().stream().anyMatch(replay -> replay.invalidations() > 0));
        System.out.println("replayed: " + observed.all());
    }
}
