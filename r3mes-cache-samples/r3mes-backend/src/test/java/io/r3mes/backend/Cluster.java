package io.r3mes.backend;

import io.r3mes.backend.embedded.TestServers;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Two instances of the application that share one PostgreSQL and one Redis, for all test classes. */
final class Cluster implements AutoCloseable {

    /** No schedule warms while a test watches what is read, and a slow machine does not make a hit a miss. */
    private static final String[] QUIET = {
        "--r3mes.cache.command-timeout=5s",
        "--r3mes.cache.caches.network-stats.warm.every=1h",
        "--r3mes.cache.caches.block-height.warm.every=1h",
        "--r3mes.cache.caches.block-recent.warm.every=1h"
    };

    private final TestServers servers;
    private final Entries entries;
    private final Backend first;
    private final Backend second;

    private Cluster(TestServers servers) {
        this.servers = servers;
        this.entries = new Entries(servers.redisUrl());
        this.first = Backend.start(servers.properties(), QUIET);
        this.second = Backend.start(servers.properties(), QUIET);
    }

    static Cluster start() {
        TestServers servers = new TestServers();
        try {
            return new Cluster(servers);
        } catch (RuntimeException failed) {
            servers.close();
            throw failed;
        }
    }

    Backend first() {
        return first;
    }

    Backend second() {
        return second;
    }

    /** What Redis holds. */
    Entries entries() {
        return entries;
    }

    TestServers servers() {
        return servers;
    }

    @Override
    public void close() {
        second.close();
        first.close();
        entries.close();
        servers.close();
    }

    /** Hands the one cluster to every test that asks for it. */
    static final class Extension implements ParameterResolver {

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
            return parameter.getParameter().getType() == Cluster.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
            return test.getRoot()
                    .getStore(ExtensionContext.Namespace.create(Cluster.class))
                    .computeIfAbsent(Cluster.class, type -> start(), Cluster.class);
        }
    }
}
