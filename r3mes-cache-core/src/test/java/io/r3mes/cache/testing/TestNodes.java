package io.r3mes.cache.testing;

import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.memory.MemoryAdapter;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.runtime.R3mesCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/** The nodes of one test: managers that share one namespace of Redis, or one memory adapter. */
public final class TestNodes implements AutoCloseable {

    private final UnaryOperator<R3mesCache> storage;
    private final List<CacheManager> nodes = new ArrayList<>();

    private TestNodes(UnaryOperator<R3mesCache> storage) {
        this.storage = storage;
    }

    public static TestNodes on(RedisProcess redis) {
        return on(new RedisSettings(
                RedisSettings.Topology.STANDALONE,
                List.of(io.lettuce.core.RedisURI.create(redis.uri())),
                Duration.ofSeconds(2),
                null,
                null));
    }

    public static TestNodes on(RedisSettings settings) {
        return on(settings, "test-" + UUID.randomUUID());
    }

    /** Nodes of a namespace that others, such as those of another JVM, may share. */
    public static TestNodes on(RedisSettings settings, String namespace) {
        return new TestNodes(builder -> builder.namespace(namespace).redis(settings));
    }

    public static TestNodes inMemory() {
        MemoryAdapter shared = R3mesCache.memory();
        return new TestNodes(builder -> builder.inMemory(shared));
    }

    /** A node that follows the log already. */
    public CacheManager start(CachePolicy... policies) {
        return start(builder -> builder.caches(policies));
    }

    public CacheManager start(UnaryOperator<R3mesCache> options) {
        CacheManager node = startWithoutWaiting(options);
        Awaitility.await()
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(10))
                .until(() -> !node.status().fenced());
        return node;
    }

    public CacheManager startWithoutWaiting(UnaryOperator<R3mesCache> options) {
        CacheManager node = options.apply(storage.apply(R3mesCache.builder())).build();
        nodes.add(node);
        return node;
    }

    @Override
    public void close() {
        nodes.forEach(CacheManager::close);
    }
}
