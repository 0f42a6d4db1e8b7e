package io.r3mes.cache.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where Redis is and how to talk to it.
 *
 * @param topology what the URIs describe
 * @param uris the server, the sentinel set, the nodes of a master with replicas, or seeds of a cluster
 * @param commandTimeout how long an operation may take before it counts as not acknowledged
 * @param options base options, such as TLS; reconnection, time-outs and replay are always set by the library
 * @param resources shared with the application, or null for own ones
 */
public record RedisSettings(
        Topology topology,
        List<RedisURI> uris,
        Duration commandTimeout,
        @Nullable ClientOptions options,
        @Nullable ClientResources resources) {

    public static final Duration DEFAULT_COMMAND_TIMEOUT = Duration.ofMillis(100);

    public RedisSettings {
        uris = List.copyOf(uris);
        if (uris.isEmpty()) {
            throw new IllegalArgumentException("At least one Redis URI is needed");
        }
    }

    /** A single server, such as {@code redis://localhost:6379}, or a sentinel URI. */
    public static RedisSettings standalone(String uri) {
        return new RedisSettings(
                Topology.STANDALONE, List.of(RedisURI.create(uri)), DEFAULT_COMMAND_TIMEOUT, null, null);
    }

    /** How the servers at the URIs stand to each other. */
    public enum Topology {
        /** One server, or a master found through sentinels. */
        STANDALONE,
        MASTER_REPLICA,
        CLUSTER
    }
}
