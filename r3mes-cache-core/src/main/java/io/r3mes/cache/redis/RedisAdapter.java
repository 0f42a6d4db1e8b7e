package io.r3mes.cache.redis;

import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.TagIndex;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * The ports on Redis for one namespace. It owns a Lettuce client with two connections: one for all operations, and one
 * for reads of the log that wait. Thread-safe.
 *
 * <p>Redis need not be there: the first operation begins to connect in the background, and operations fail at once until
 * a connection exists.
 */
public final class RedisAdapter implements AutoCloseable {

    private final RedisClients clients;
    private final RedisLink commands;
    private final RedisLink reading;
    private final RedisRemoteStore remoteStore;
    private final RedisInvalidationLog invalidationLog;
    private final RedisTagIndex tagIndex;

    private RedisAdapter(RedisSettings settings, RedisKeys keys, LongSupplier random) {
        clients = new RedisClients(settings);
        commands = new RedisLink(RedisClients.Use.COMMANDS, clients, random);
        reading = new RedisLink(RedisClients.Use.LOG_READER, clients, random);
        commands.onReopen(reading::reopen);
        remoteStore = new RedisRemoteStore(commands, keys);
        invalidationLog = new RedisInvalidationLog(new RedisInvalidationLog.Links(commands, reading), keys, random);
        tagIndex = new RedisTagIndex(commands, keys, random);
    }

    /**
     * @throws io.r3mes.cache.CacheConfigurationException if the namespace is not valid
     */
    public static RedisAdapter create(RedisSettings settings, String namespace) {
        SecureRandom random = new SecureRandom();
        return new RedisAdapter(settings, new RedisKeys(namespace), random::nextLong);
    }

    /** Begins to connect. The stage completes when both connections exist, which may be never. */
    public CompletionStage<Void> connect() {
        CompletableFuture<Void> first = commands.connect().toCompletableFuture();
        return CompletableFuture.allOf(first, reading.connect().toCompletableFuture());
    }

    public RemoteStore remoteStore() {
        return remoteStore;
    }

    public InvalidationLog invalidationLog() {
        return invalidationLog;
    }

    public TagIndex tagIndex() {
        return tagIndex;
    }

    /** Ends the connections. Operations fail from then on. Client resources of the application stay as they are. */
    @Override
    public void close() {
        clients.closeAfter(CompletableFuture.allOf(commands.close(), reading.close()));
    }
}
