package io.r3mes.backend.embedded;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The PostgreSQL and the Redis of one application, or one of them. Thread-safe. */
final class EmbeddedServers implements AutoCloseable {

    private final @Nullable EmbeddedPostgresql postgres;
    private final @Nullable EmbeddedRedis redis;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedServers(@Nullable EmbeddedPostgresql postgres, @Nullable EmbeddedRedis redis) {
        this.postgres = postgres;
        this.redis = redis;
    }

    /** Starts the servers asked for, on free ports of the loopback interface. */
    static EmbeddedServers start(boolean postgres, boolean redis) {
        CompletableFuture<@Nullable EmbeddedPostgresql> starting =
                CompletableFuture.supplyAsync(() -> postgres ? EmbeddedPostgresql.start() : null);
        EmbeddedRedis started = redis ? EmbeddedRedis.start() : null;
        try {
            return new EmbeddedServers(starting.join(), started);
        } catch (CompletionException failed) {
            if (started != null) {
                started.close();
            }
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }

    /** What Spring Boot connects with, in the order in which a person reads it. */
    Map<String, Object> properties() {
        Map<String, Object> properties = new LinkedHashMap<>();
        if (postgres != null) {
            properties.put("spring.datasource.url", postgres.url());
        }
        if (redis != null) {
            properties.put("spring.data.redis.url", redis.url());
        }
        return properties;
    }

    /** Stops them and removes their data. Idempotent. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        if (redis != null) {
            redis.close();
        }
        if (postgres != null) {
            postgres.close();
        }
    }
}
