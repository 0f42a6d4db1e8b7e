package io.r3mes.cache.engine;

import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;

/** Where the nodes of a behaviour test keep what they share. */
enum Backend {
    MEMORY {
        @Override
        TestNodes open() {
            return TestNodes.inMemory();
        }
    },
    REDIS {
        @Override
        TestNodes open() {
            return TestNodes.on(Server.SHARED);
        }
    };

    /** Generous, because test machines pause. */
    private static final Duration STALENESS = Duration.ofSeconds(10);

    /** Nodes with a namespace of their own. */
    abstract TestNodes open();

    static CacheManager start(TestNodes nodes, CachePolicy... policies) {
        return nodes.start(builder -> builder.maxStaleness(STALENESS).caches(policies));
    }

    /** One server for all tests, because each uses a namespace of its own; it ends with the virtual machine. */
    private static final class Server {
        static final RedisProcess SHARED = RedisServers.standalone();
    }
}
