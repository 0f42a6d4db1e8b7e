package io.r3mes.backend.embedded;

/** A Redis server that a test may stop and start on its own port. */
public final class TestRedis implements AutoCloseable {

    private final int port = EmbeddedRedis.freePort();
    private EmbeddedRedis server;

    /** With a port, but not running. */
    public static TestRedis absent() {
        return new TestRedis();
    }

    public static TestRedis running() {
        TestRedis redis = absent();
        redis.start();
        return redis;
    }

    public void start() {
        server = EmbeddedRedis.start(port);
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
            server = null;
        }
    }
}
