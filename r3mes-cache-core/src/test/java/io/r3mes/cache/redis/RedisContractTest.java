package io.r3mes.cache.redis;

import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.spi.TagIndex;
import io.r3mes.cache.testing.InvalidationLogContract;
import io.r3mes.cache.testing.Ports;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.RedisUser;
import io.r3mes.cache.testing.RemoteStoreContract;
import io.r3mes.cache.testing.TagIndexContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The contracts, on a single server. */
class RedisContractTest {

    private static RedisProcess server;

    @BeforeAll
    static void start() {
        server = RedisServers.standalone();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Ports ports() {
        return ports(TagParts.holding(TagIndex.MOST_MEMBERS));
    }

    private static Ports ports(TagParts tagParts) {
        return RedisPorts.connected(RedisPorts.settings(Topology.STANDALONE, server.uri(RedisUser.CONTRACT)), tagParts);
    }

    @Nested
    class Store extends RemoteStoreContract {
        @Override
        protected Ports open() {
            return ports();
        }
    }

    @Nested
    class Log extends InvalidationLogContract {
        @Override
        protected Ports open() {
            return ports();
        }
    }

    @Nested
    class Tags extends TagIndexContract {
        @Override
        protected Ports open(int mostTagMembers) {
            return ports(TagParts.holding(mostTagMembers));
        }
    }

    @Nested
    class TagsInParts extends TagIndexContract {
        @Override
        protected Ports open(int mostTagMembers) {
            return ports(new TagParts(mostTagMembers / 5, 4));
        }
    }
}
