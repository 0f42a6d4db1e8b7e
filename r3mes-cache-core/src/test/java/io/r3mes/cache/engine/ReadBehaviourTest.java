package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheKeyException;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.CacheStats;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.KeyParts;
import io.r3mes.cache.Lookup;
import io.r3mes.cache.testing.TestNodes;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What reading and writing one entry promises, on each backend, blocking and not. */
@ParameterizedClass
@MethodSource("cases")
class ReadBehaviourTest {

    record User(String wallet, int credits) {}

    private static final CachePolicy USERS =
            CachePolicy.of("users", "user:info:{wallet}").withTags("user:{wallet}");

    private final Mode mode;
    private final TestNodes nodes;
    private final CacheManager here;
    private final CacheManager there;
    private final Cache<String, User> users;
    private final Cache<String, User> usersThere;
    private final AtomicInteger loads = new AtomicInteger();

    ReadBehaviourTest(Backend backend, Mode mode) {
        this.mode = mode;
        nodes = backend.open();
        CachePolicy[] policies = {
            USERS,
            CachePolicy.of("distant", "distant:{id}").withLocal(CachePolicy.Local.OFF),
            CachePolicy.of("nonnull", "nonnull:{id}").withValue(new CachePolicy.Value(false, false, 1 << 20)),
            CachePolicy.of("tiny", "tiny:{id}").withValue(new CachePolicy.Value(true, false, 100)),
            CachePolicy.of("few", "few:{id}").withLocal(new CachePolicy.Local(true, 10, Duration.ofMinutes(1))),
            CachePolicy.of("nested", "nested:{id}")
                    .withLoad(new CachePolicy.Load(
                            Duration.ofSeconds(3), Duration.ofSeconds(60), Duration.ofMillis(500))),
            CachePolicy.of("short", "short:{id}").withTtl(Duration.ofMillis(300)),
            CachePolicy.of("single", "single"),
            CachePolicy.of("pair", "pair:{a}:{b}")
        };
        here = Backend.start(nodes, policies);
        there = Backend.start(nodes, policies);
        users = here.cache("users", User.class);
        usersThere = there.cache("users", User.class);
    }

    static Stream<Arguments> cases() {
        return Stream.of(Backend.values())
                .flatMap(backend -> Stream.of(Mode.values()).map(mode -> Arguments.of(backend, mode)));
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void loadsOnAMissAndServesTheCopiesAfterwards() throws Exception {
        assertThat(mode.peek(users, "w1")).isEqualTo(Lookup.miss());
        assertThat(load(users, "w1")).isEqualTo(new User("w1", 1));
        assertThat(load(users, "w1")).isEqualTo(new User("w1", 1));
        assertThat(load(usersThere, "w1")).isEqualTo(new User("w1", 1));
        assertThat(load(usersThere, "w1")).isEqualTo(new User("w1", 1));
        assertThat(loads).hasValue(1);
        assertThat(mode.peek(users, "w1").orElse(null)).isEqualTo(new User("w1", 1));
        assertThat(here.metrics().stats("users").reads()).isEqualTo(new CacheStats.Reads(2, 0, 2));
        assertThat(there.metrics().stats("users").reads()).isEqualTo(new CacheStats.Reads(1, 1, 0));
        assertThat(here.metrics().stats("users").loads().loads()).isEqualTo(1);
        assertThat(here.metrics().stats("users").localEntries()).isEqualTo(1);
        assertThat(here.metrics().stats().hitRate()).isEqualTo(0.5);
        assertThat(here.metrics().topHitKeys(1).get(0).key()).isEqualTo("user:info:w1");
    }

    @Test
    void readsEveryHitFromTheStoreWithoutNearCache() throws Exception {
        Cache<String, Integer> distant = here.cache("distant", Integer.class);
        for (int i = 0; i < 3; i++) {
            assertThat(mode.get(distant, "k", (id, context) -> loads.incrementAndGet()))
                    .isEqualTo(1);
        }
        assertThat(here.metrics().stats("distant").reads()).isEqualTo(new CacheStats.Reads(0, 2, 1));
        assertThat(here.metrics().stats("distant").localEntries()).isZero();
    }

    @Test
    void cachesANullLikeAValue() throws Exception {
        for (Cache<String, User> cache : List.of(users, users, usersThere, usersThere)) {
            assertThat(mode.get(cache, "none", (id, context) -> {
                        loads.incrementAndGet();
                        return null;
                    }))
                    .isNull();
        }
        assertThat(loads).hasValue(1);
        assertThat(mode.peek(usersThere, "none")).isEqualTo(new Lookup.Hit<>(null));
    }

    @Test
    void cachesNoNullWherePolicySaysSo() throws Exception {
        Cache<String, Integer> nonnull = here.cache("nonnull", Integer.class);
        for (int i = 0; i < 2; i++) {
            assertThat(mode.get(nonnull, "k", (id, context) -> {
                        loads.incrementAndGet();
                        return null;
                    }))
                    .isNull();
        }
        assertThat(loads).hasValue(2);
        assertThat(mode.peek(nonnull, "k").isHit()).isFalse();
    }

    @Test
    void expires() throws Exception {
        Cache<String, Integer> shortLived = here.cache("short", Integer.class);
        mode.get(shortLived, "k", (id, context) -> 1);
        assertThat(mode.set(users, "w1", new User("w1", 1), EntryOptions.ttl(Duration.ofMillis(200)))
                        .isPending())
                .isFalse();
        Awaitility.await().until(() -> !shortLived.getIfPresent("k").isHit());
        Awaitility.await().until(() -> !usersThere.getIfPresent("w1").isHit());
    }

    @Test
    void holdsNoMoreEntriesNearThanAllowed() throws Exception {
        Cache<String, Integer> few = here.cache("few", Integer.class);
        for (int i = 0; i < 200; i++) {
            int value = i;
            mode.get(few, "k" + i, (id, context) -> value);
        }
        Awaitility.await().until(() -> here.metrics().stats("few").localEntries() <= 10);
        assertThat(mode.peek(few, "k0").orElse(-1)).isZero();
    }

    @Test
    void throwsWhatTheLoaderThrows() throws Exception {
        for (Throwable failure : List.of(
                new IOException("checked"),
                new IllegalStateException("unchecked"),
                new StackOverflowError("error"),
                new CompletionException("its own", new IOException("inside")),
                new CompletionException("without cause", null))) {
            assertThatThrownBy(() -> mode.get(users, "w1", (id, context) -> {
                        throw Failures.thrown(failure);
                    }))
                    .isSameAs(failure);
            assertThat(mode.peek(users, "w1").isHit()).isFalse();
        }
        assertThat(here.metrics().stats("users").loads().failures()).isEqualTo(5);
        assertThat(load(usersThere, "w1")).as("no lease is left").isEqualTo(new User("w1", 1));
    }

    @Test
    void keepsWhatTheLoaderDecides() throws Exception {
        mode.get(users, "w1", (id, context) -> {
            context.doNotStore();
            return new User(id, 1);
        });
        assertThat(mode.peek(users, "w1").isHit()).isFalse();
        mode.get(users, "w2", (id, context) -> {
            context.tags("decided");
            return new User(id, 1);
        });
        assertThat(mode.peek(usersThere, "w2").isHit()).isTrue();
        Invalidation receipt = there.invalidator().invalidateByTag("decided");
        assertThat(receipt.removed().join()).isEqualTo(1);
        assertThat(here.awaitApplied(receipt.position().orElseThrow(), Duration.ofSeconds(10)))
                .isTrue();
        assertThat(mode.peek(users, "w2").isHit()).isFalse();
        assertThat(mode.peek(usersThere, "w2").isHit()).isFalse();
    }

    @Test
    void setReplacesTheValueOnEveryNode() throws Exception {
        load(users, "w1");
        load(usersThere, "w1");
        Invalidation receipt = mode.set(users, "w1", new User("w1", 9), EntryOptions.DEFAULT.withTags("extra"));
        assertThat(receipt.removed().join()).isEqualTo(1);
        assertThat(there.awaitApplied(receipt.position().orElseThrow(), Duration.ofSeconds(10)))
                .isTrue();
        assertThat(mode.peek(users, "w1").orElse(null)).isEqualTo(new User("w1", 9));
        assertThat(mode.peek(usersThere, "w1").orElse(null)).isEqualTo(new User("w1", 9));
        assertThat(here.invalidator().invalidateByTag("extra").removed().join()).isEqualTo(1);
        assertThat(mode.peek(users, "w1").isHit()).isFalse();
        Invalidation last = mode.set(users, "w1", null, EntryOptions.DEFAULT);
        assertThat(there.awaitApplied(last.position().orElseThrow(), Duration.ofSeconds(10)))
                .isTrue();
        assertThat(mode.peek(usersThere, "w1")).isEqualTo(new Lookup.Hit<>(null));
    }

    @Test
    void deleteRemovesTheValueOnEveryNode() throws Exception {
        load(users, "w1");
        load(usersThere, "w1");
        Invalidation receipt = mode.delete(users, "w1");
        assertThat(receipt.removed().join()).isEqualTo(1);
        assertThat(mode.peek(users, "w1").isHit()).isFalse();
        assertThat(there.awaitApplied(receipt.position().orElseThrow(), Duration.ofSeconds(10)))
                .isTrue();
        assertThat(mode.peek(usersThere, "w1").isHit()).isFalse();
        assertThat(mode.delete(users, "w1").removed().join()).isZero();
    }

    @Test
    void aLoaderMayReadTheSameKeyAndOthers() throws Exception {
        Cache<String, User> nested = here.cache("nested", User.class);
        User value = mode.get(nested, "w1", (id, context) -> {
            User same = nested.get(id, (inner, innerContext) -> new User(inner, 7));
            User other = nested.get("w2", (inner, innerContext) -> new User(inner, 8));
            return new User(id, same.credits() + other.credits());
        });
        assertThat(value).isEqualTo(new User("w1", 15));
        assertThat(mode.peek(nested, "w2").orElse(null)).isEqualTo(new User("w2", 8));
    }

    @Test
    void storesNoValueThatIsTooLarge() throws Exception {
        Cache<String, String> tiny = here.cache("tiny", String.class);
        String large = "x".repeat(200);
        assertThat(mode.get(tiny, "k", (id, context) -> large)).isEqualTo(large);
        assertThat(mode.peek(tiny, "k").isHit()).isFalse();
        assertThat(here.metrics().stats("tiny").loads().unreadable()).isEqualTo(1);
        assertThat(mode.get(tiny, "k", (id, context) -> "small")).isEqualTo("small");
        assertThat(mode.peek(tiny, "k").orElse(null)).isEqualTo("small");
    }

    @Test
    void refusesIdsThatDoNotFit() {
        for (Object id : new Object[] {KeyParts.NONE, KeyParts.of("a", "b"), new Object()}) {
            Cache<Object, User> untyped = here.cache("users", User.class);
            assertThatExceptionOfType(CacheKeyException.class)
                    .isThrownBy(() -> mode.get(untyped, id, (wanted, context) -> null));
            assertThatExceptionOfType(CacheKeyException.class).isThrownBy(() -> mode.delete(untyped, id));
        }
    }

    @Test
    void takesIdsOfNoneAndOfSeveralParts() throws Exception {
        Cache<KeyParts, Integer> single = here.cache("single", Integer.class);
        Cache<KeyParts, Integer> pair = here.cache("pair", Integer.class);
        assertThat(mode.get(single, KeyParts.NONE, (id, context) -> 1)).isEqualTo(1);
        assertThat(mode.get(pair, KeyParts.of("x", 2), (id, context) -> 2)).isEqualTo(2);
        assertThat(pair.key(KeyParts.of("x", 2))).isEqualTo("pair:x:2");
        assertThat(here.get("single", Integer.class).orElse(null)).isEqualTo(1);
        assertThat(mode.peek(pair, KeyParts.of("x", 2)).orElse(null)).isEqualTo(2);
    }

    private User load(Cache<String, User> cache, String wallet) throws Exception {
        return mode.get(cache, wallet, (id, context) -> new User(id, loads.incrementAndGet()));
    }
}
