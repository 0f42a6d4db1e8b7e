package io.r3mes.cache.benchmarks.system;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.benchmarks.fixture.Profile;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A Redis server of its own, with nodes of the cache and a bare client. */
final class Arena implements AutoCloseable {

    static final String NAMESPACE = "benchmark";
    static final Duration TTL = Duration.ofHours(1);

    /** Records with one tag each, read from Redis only. */
    static final CachePolicy FAR = CachePolicy.of("profiles", "profile:{wallet}")
            .withTags("wallet:{wallet}")
            .withTtl(TTL)
            .withLocal(CachePolicy.Local.OFF);

    /** The same, kept near as well. */
    static final CachePolicy NEAR = FAR.withLocal(new CachePolicy.Local(true, 10_000, TTL));

    /** Outlasts pauses of a busy machine, after which a read would be answered by its loader. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Pattern CPU = Pattern.compile("used_cpu_(?:sys|user):([0-9.]+)");

    private final RedisProcess redis;
    private final TestNodes nodes;
    private final BareRedis bare;

    /**
     * @param settings of Redis, such as {@code --dir}
     */
    Arena(String... settings) {
        redis = RedisServers.standalone(settings);
        nodes = nodes(redis.uri());
        bare = new BareRedis(bareUri());
    }

    /** Nodes on a server that another JVM may have started. */
    static TestNodes nodes(String uri) {
        return TestNodes.on(
                new RedisSettings(
                        RedisSettings.Topology.STANDALONE, List.of(RedisURI.create(uri)), PATIENCE, null, null),
                NAMESPACE);
    }

    RedisProcess redis() {
        return redis;
    }

    /** For clients without the cache, as the user who may do everything. */
    String bareUri() {
        return "redis://127.0.0.1:" + redis.port();
    }

    /** The client that floors are measured with. */
    BareRedis bare() {
        return bare;
    }

    /** Starts a node that follows the log already. */
    CacheManager node(CachePolicy... policies) {
        return nodes.start(policies);
    }

    /** The cache of a new node. */
    Cache<String, Profile> cache(CachePolicy policy) {
        return node(policy).cache(policy.name(), Profile.class);
    }

    /** Processor time that the server has used. */
    double cpuSeconds() {
        Matcher found = CPU.matcher(RedisServers.command(redis, commands -> commands.info("cpu")));
        double seconds = 0;
        while (found.find()) {
            seconds += Double.parseDouble(found.group(1));
        }
        return seconds;
    }

    /** Waits until Redis knows so many entries of a tag, give or take a hundredth. */
    static void awaitMembers(CacheManager node, String tag, int count) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> node.invalidator().members(tag, 0).count().orElse(0) >= count * 0.99);
    }

    @Override
    public void close() {
        nodes.close();
        bare.close();
        redis.close();
    }
}
