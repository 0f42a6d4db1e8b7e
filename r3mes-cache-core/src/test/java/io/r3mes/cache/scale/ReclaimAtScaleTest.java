package io.r3mes.cache.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A tag, a pattern and a cache of very many entries: invalid in one step, their memory freed while others are served. */
class ReclaimAtScaleTest {

    private static final int ENTRIES = Figures.isLong() ? 1_000_000 : 20_000;
    private static final Duration CALM = Figures.isLong() ? Duration.ofSeconds(30) : Duration.ofSeconds(1);
    private static final int AT_ONCE = 1_000;
    private static final int BATCH = 96;
    private static final int LARGEST_PART = 8_192;
    private static final long MOST_PARTS = 130;

    private static Figures figures;

    private RedisProcess server;

    @BeforeAll
    static void open() {
        figures = new Figures("reclaim");
    }

    @AfterAll
    static void close() {
        figures.note("reclaim: other work on the machine makes every wait longer");
    }

    @Test
    void byTag() throws Exception {
        Commands commands = reclaim("tag", invalidator -> invalidator.invalidateByTag("all"));
        long parts = commands.of("rename");
        assertThat(parts).as("members are detached a part at a time").isBetween(2L, MOST_PARTS);
        assertThat(commands.of("zpopmin"))
                .as("members are taken a batch at a time")
                .isBetween(LARGEST_PART / BATCH + parts, ENTRIES / BATCH + 2 * MOST_PARTS);
        assertThat(commands.of("scan")).isZero();
    }

    @Test
    void byPattern() throws Exception {
        Commands commands = reclaim("pattern", invalidator -> invalidator.invalidateByPattern("entry:*"));
        assertThat(commands.of("scan")).isGreaterThan(ENTRIES / 2_000);
    }

    @Test
    void byCache() throws Exception {
        Commands commands = reclaim("cache", invalidator -> invalidator.invalidateCache("entries"));
        assertThat(commands.of("scan")).isGreaterThan(ENTRIES / 2_000);
    }

    private Commands reclaim(String by, Function<CacheInvalidator, Invalidation> invalidate) throws Exception {
        try (RedisProcess started = RedisServers.standalone("--slowlog-log-slower-than", "1000");
                TestNodes nodes = TestNodes.on(patiently(started));
                Probe probe = new Probe(started)) {
            server = started;
            CacheManager node = nodes.start(builder -> builder.maxStaleness(Duration.ofSeconds(10))
                    .caches(CachePolicy.of("entries", "entry:{id}")
                            .withTags("all")
                            .withExpiry(new CachePolicy.Expiry(Duration.ofHours(2), 0, 0))));
            fill(node.cache("entries", String.class));
            awaitMembers(node);
            assertThat(largestSet()).as("members in one set").isLessThanOrEqualTo(LARGEST_PART + 1L);
            long memory = Commands.info(server, "memory", "used_memory");
            probe.waits();
            slow();
            Awaitility.await().pollDelay(CALM).atMost(CALM.multipliedBy(2)).until(() -> true);
            Probe.Waits calm = probe.waits();

            long[] slowWhileCalm = slow();
            Commands.reset(server);
            long from = System.nanoTime();
            Invalidation receipt = invalidate.apply(node.invalidator());
            long acknowledged = System.nanoTime() - from;
            long removed = receipt.removed().orTimeout(8, TimeUnit.MINUTES).join();
            long reclaimed = System.nanoTime() - from;
            Probe.Waits during = probe.waits();
            Commands commands = Commands.of(server);
            long[] slow = slow();

            figures.note(
                    "reclaim by %-7s: %7d entries, acknowledged in %d us, reclaimed in %d ms",
                    by, ENTRIES, TimeUnit.NANOSECONDS.toMicros(acknowledged), TimeUnit.NANOSECONDS.toMillis(reclaimed));
            figures.note("reclaim by %-7s: another client, calm:   %s", by, calm);
            figures.note("reclaim by %-7s: another client, during: %s", by, during);
            figures.note(
                    "reclaim by %-7s: %d MB before, %d MB after",
                    by, memory >> 20, Commands.info(server, "memory", "used_memory") >> 20);

            figures.note(
                    "reclaim by %-7s: steps of the server over 1 ms, calm: %d, longest %d us; during: %d, longest %d us",
                    by, slowWhileCalm[0], slowWhileCalm[1], slow[0], slow[1]);

            figures.note(
                    "reclaim by %-7s: average step of the server: take %.0f us, scan %.0f us, remove one %.0f us",
                    by, commands.microsOf("zpopmin"), commands.microsOf("scan"), commands.microsOf("evalsha"));

            assertThat(removed).isEqualTo(ENTRIES);
            assertThat(commands.of("xadd")).as("one script invalidates").isEqualTo(1);
            assertThat(commands.of("unlink"))
                    .as("each entry in a step of its own")
                    .isEqualTo(ENTRIES);
            assertThat(node.invalidator().members("all").keys()).isEmpty();
            return commands;
        }
    }

    /** A time-out while it is filled would leave an entry out. */
    private static RedisSettings patiently(RedisProcess redis) {
        return new RedisSettings(
                RedisSettings.Topology.STANDALONE,
                List.of(RedisURI.create(redis.uri())),
                Duration.ofSeconds(30),
                null,
                null);
    }

    private static void fill(Cache<Integer, String> cache) {
        String value = "v".repeat(100);
        for (int from = 0; from < ENTRIES; from += AT_ONCE) {
            List<Integer> ids = IntStream.range(from, from + AT_ONCE).boxed().toList();
            cache.getAll(ids, wanted -> wanted.stream().collect(Collectors.toMap(id -> id, id -> value)));
        }
    }

    private static void awaitMembers(CacheManager node) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .untilAsserted(() ->
                        assertThat(node.invalidator().members("all", 0).count()).hasValue(ENTRIES));
    }

    /** How many steps of the server, at most 128, took more than a millisecond since the last call, and the longest. */
    private long[] slow() {
        return RedisServers.command(server, redis -> {
            long[] longest = {0, 0};
            for (Object entry : redis.slowlogGet(128)) {
                longest[0]++;
                longest[1] = Math.max(longest[1], (Long) ((List<?>) entry).get(2));
            }
            redis.slowlogReset();
            return longest;
        });
    }

    private long largestSet() {
        return RedisServers.command(
                server,
                redis -> redis.keys("{*}:members*").stream()
                        .mapToLong(redis::zcard)
                        .max()
                        .orElse(0));
    }
}
