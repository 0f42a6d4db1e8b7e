package io.r3mes.backend.embedded;

import java.util.Map;

/** The servers that test classes share. */
public final class TestServers implements AutoCloseable {

    private final EmbeddedServers servers = EmbeddedServers.start(true, true);

    public Map<String, Object> properties() {
        return servers.properties();
    }

    public String redisUrl() {
        return (String) servers.properties().get("spring.data.redis.url");
    }

    @Override
    public void close() {
        servers.close();
    }
}
