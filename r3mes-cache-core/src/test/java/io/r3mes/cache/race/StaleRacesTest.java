package io.r3mes.cache.race;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.CachePolicy.Expiry;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.Loader;
import io.r3mes.cache.StalePolicy;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values past their TTL that are overtaken by an invalidation: none is served to a read that starts after it. */
class StaleRacesTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    /** An entry is stale as soon as it is stored. */
    private static final Expiry AT_ONCE = new Expiry(Duration.ofMillis(1), 0, 0);

    private static final Duration RETRY = Duration.ofMillis(10);

    private static final CachePolicy[] POLICIES = {
        policy("revalidating", new StalePolicy(LONG, Duration.ZERO, RETRY)),
        policy("tolerant", new StalePolicy(Duration.ZERO, LONG, RETRY))
    };

    private final Ground ground = Ground.oneServer();
    private final TestNodes nodes = TestNodes.on(ground.settings());
    private final CacheManager here = nodes.start(POLICIES);
    private final CacheManager there = nodes.start(POLICIES);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Database database = new Database();
    private final AtomicLong stale = new AtomicLong();

    private static CachePolicy policy(String name, StalePolicy stale) {
        return CachePolicy.of(name, name + ":{id}")
                .withTags("id:{id}")
                .withExpiry(AT_ONCE)
                .withStale(stale);
    }

    /** What overtakes. */
    enum By {
        KEY((invalidator, name) -> invalidator.invalidateKey(name)),
        TAG((invalidator, name) -> invalidator.invalidateByTag("id:" + name.substring(name.indexOf(':') + 1))),
        PATTERN((invalidator, name) -> invalidator.invalidateByPattern("*" + name.substring(3))),
        ALL((invalidator, name) -> invalidator.invalidateAll());

        private final BiFunction<CacheInvalidator, String, Invalidation> issue;

        By(BiFunction<CacheInvalidator, String, Invalidation> issue) {
            this.issue = issue;
        }
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        nodes.close();
    }

    @ParameterizedTest
    @EnumSource
    void servedWhileRevalidating(By by) throws Exception {
        play("stale-while-revalidate overtaken by " + by, "revalidating", by, this::load);
    }

    @ParameterizedTest
    @EnumSource
    void servedOnError(By by) throws Exception {
        play("stale-on-error overtaken by " + by, "tolerant", by, (id, context) -> {
            long value = load(id, context);
            if (ThreadLocalRandom.current().nextBoolean()) {
                throw new IllegalStateException("The database is away");
            }
            return value;
        });
    }

    private long load(String id, Object context) {
        long value = database.read(id);
        RaceFixture.waver();
        return value;
    }

    private void play(String race, String name, By by, Loader<String, Long, RuntimeException> loader) throws Exception {
        List<Cache<String, Long>> caches = List.of(here.cache(name, Long.class), there.cache(name, Long.class));
        long startedAt = System.nanoTime();
        for (long i = 0; i < ground.rounds(); i++) {
            String id = "k" + i % 7;
            caches.get(0).get(id, (wanted, context) -> database.read(wanted));
            List<Future<?>> readers = caches.stream()
                    .<Future<?>>map(cache -> threads.submit(() -> attempt(cache, id, loader)))
                    .toList();
            RaceFixture.waver();
            long committed = database.commit(id);
            CacheManager issuer = i % 2 == 0 ? here : there;
            await(by.issue.apply(issuer.invalidator(), name + ":" + id));
            count(caches, id, loader, committed);
            for (Future<?> reader : readers) {
                reader.get(LONG.toSeconds(), TimeUnit.SECONDS);
            }
            count(caches, id, loader, committed);
        }
        long served = here.metrics().stats(name).loads().stale()
                + there.metrics().stats(name).loads().stale();
        System.out.printf(
                "race: %-58s %7d rounds, %d stale, %d ms, %d served past their TTL%n",
                race, ground.rounds(), stale.get(), (System.nanoTime() - startedAt) / 1_000_000, served);
        assertThat(stale).as(race).hasValue(0);
        assertThat(served).as("values past their TTL").isPositive();
    }

    private void count(
            List<Cache<String, Long>> caches, String id, Loader<String, Long, RuntimeException> loader, long atLeast) {
        for (Cache<String, Long> cache : caches) {
            if (attempt(cache, id, loader) < atLeast) {
                stale.incrementAndGet();
            }
        }
    }

    /** What a read brings; the database's failure is newer than everything. */
    private static long attempt(Cache<String, Long> cache, String id, Loader<String, Long, RuntimeException> loader) {
        try {
            return cache.get(id, loader);
        } catch (IllegalStateException away) {
            return Long.MAX_VALUE;
        }
    }

    /** Waits until Redis has acknowledged and both nodes have applied the invalidation. */
    private void await(Invalidation receipt) {
        long position = LocalNode.receipt(receipt).acknowledged(LONG);
        assertThat(here.awaitApplied(position, LONG)).isTrue();
        assertThat(there.awaitApplied(position, LONG)).isTrue();
    }
}
