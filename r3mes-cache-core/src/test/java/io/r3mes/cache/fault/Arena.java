package io.r3mes.cache.fault;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.fault.Workload.Member;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.testing.FaultProxy;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.List;

/** One Redis, a node that reaches it directly, a node that reaches it through a proxy, and the load on both. */
final class Arena implements AutoCloseable {

    static final String NAMESPACE = "faults";
    static final String LOG = "{" + NAMESPACE + "}:log";
    static final String META = "{" + NAMESPACE + "}:meta";
    static final Duration COMMAND_TIMEOUT = Duration.ofMillis(250);

    private static final Duration WARM_UP = Duration.ofMillis(200);

    final RedisProcess redis;
    final FaultProxy proxy;
    final Workload workload;

    private Arena(RedisProcess redis, Workload.Settings settings) {
        this.redis = redis;
        this.proxy = FaultProxy.before(redis);
        this.workload = new Workload(TestNodes.on(redis), settings, History.strict(Workload.STALENESS));
    }

    static Arena open() {
        return open(RedisServers.standalone(), Workload.Settings.SMALL);
    }

    static Arena open(RedisProcess redis, Workload.Settings settings) {
        return new Arena(redis, settings);
    }

    Member near() {
        return workload.join(builder -> builder.namespace(NAMESPACE).redis(settings(redis.uri())));
    }

    Member behindProxy() {
        return workload.join(builder -> builder.namespace(NAMESPACE).redis(settings(proxy.uri())));
    }

    /** Begins the load and lets it fill the caches. */
    void run() {
        workload.run();
        workload.keepOn(WARM_UP);
    }

    static RedisSettings settings(String uri) {
        return new RedisSettings(
                RedisSettings.Topology.STANDALONE, List.of(RedisURI.create(uri)), COMMAND_TIMEOUT, null, null);
    }

    @Override
    public void close() {
        proxy.heal();
        workload.close();
        proxy.close();
        redis.close();
    }
}
