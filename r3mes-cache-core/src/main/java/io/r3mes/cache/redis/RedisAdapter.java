package io.r3mes.cache.redis;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.TagIndex;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The ports on Redis for one namespace. It owns a Lettuce client with a connection for all operations; one for each coherence
 * domain, for reads of its log that wait; and one for invalidations if replicas must have them. Thread-safe.
 *
 * <p>Redis need not be there: the first operation begins to connect in the background, and operations fail at once until
 * a connection exists, and while a master does not answer.
 */
public final class RedisAdapter implements AutoCloseable {

    private final RedisClients clients;
    private final RedisLink commands;
    private final List<RedisLink> common = new ArrayList<>();
    private final Sender invalidations;
    private final RedisNamespace namespace;
    private final LongSupplier random;
    private final Circuits circuits;
    private final RemoteStore remoteStore;
    private final Map<String, Shared> domains = new ConcurrentHashMap<>();

    private RedisAdapter(RedisSettings settings, RedisNamespace namespace, LongSupplier random) {
        RedisKeys keys = RedisKeys.of(namespace.name());
        this.namespace = namespace;
        this.random = random;
        clients = new RedisClients(settings, random);
        commands = new RedisLink(RedisClients.Use.COMMANDS, clients, random);
        common.add(commands);
        invalidations = namespace.minReplicas() > 0 ? replicated() : commands;
        circuits = new Circuits(commands);
        RedisRemoteStore store = new RedisRemoteStore(commands, invalidations, keys, circuits::endedAtTheOnlyMaster);
        remoteStore = new GuardedStore(store, circuits, keys);
    }

    /**
     * @throws io.r3mes.cache.CacheConfigurationException if the namespace is not valid
     */
    public static RedisAdapter create(RedisSettings settings, RedisNamespace namespace) {
        SecureRandom random = new SecureRandom();
        return new RedisAdapter(settings, namespace, random::nextLong);
    }

    /** Begins to connect. The stage completes when all connections but those of domains exist, which may be never. */
    public CompletionStage<Void> connect() {
        RedisLink reading = shared(CachePolicy.COMMON_DOMAIN).reading();
        return allOf(Stream.concat(common.stream(), Stream.of(reading)), RedisLink::connect);
    }

    public RemoteStore remoteStore() {
        return remoteStore;
    }

    /** The log of a coherence domain. */
    public InvalidationLog invalidationLog(String domain) {
        return shared(domain).log();
    }

    /** The tag sets of a coherence domain. */
    public TagIndex tagIndex(String domain) {
        return shared(domain).tagIndex();
    }

    /** The log of the common domain. */
    public InvalidationLog invalidationLog() {
        return invalidationLog(CachePolicy.COMMON_DOMAIN);
    }

    /** The tag sets of the common domain. */
    public TagIndex tagIndex() {
        return tagIndex(CachePolicy.COMMON_DOMAIN);
    }

    /** Ends the connections. Operations fail from then on. Client resources of the application stay as they are. */
    @Override
    public void close() {
        Stream<RedisLink> readers = domains.values().stream().map(Shared::reading);
        clients.closeAfter(allOf(Stream.concat(common.stream(), readers), RedisLink::close));
    }

    private Shared shared(String domain) {
        return domains.computeIfAbsent(domain, name -> {
            RedisKeys keys = new RedisKeys(namespace.name(), name);
            RedisLink reading = besideCommands(RedisClients.Use.LOG_READER);
            RedisInvalidationLog.Links links = new RedisInvalidationLog.Links(commands, invalidations, reading);
            RedisInvalidationLog log = new RedisInvalidationLog(links, keys, namespace.onFailover(), random);
            RedisTagIndex index =
                    new RedisTagIndex(commands, keys, TagParts.holding(namespace.mostTagMembers()), random);
            return new Shared(
                    reading,
                    new GuardedLog(log, circuits, keys.meta()),
                    new GuardedTagIndex(index, circuits, keys.meta()));
        });
    }

    private Sender replicated() {
        RedisLink link = besideCommands(RedisClients.Use.INVALIDATIONS);
        link.onReopen(commands::reopen);
        commands.opensAfter(link);
        common.add(link);
        return new ReplicatedWrites(link, clients, namespace.minReplicas());
    }

    /** Another connection, which leaves a demoted server when the one for commands does. */
    private RedisLink besideCommands(RedisClients.Use use) {
        RedisLink link = new RedisLink(use, clients, random);
        commands.onReopen(link::reopen);
        return link;
    }

    private static CompletableFuture<Void> allOf(
            Stream<RedisLink> links, Function<RedisLink, CompletionStage<Void>> task) {
        return CompletableFuture.allOf(
                links.map(link -> task.apply(link).toCompletableFuture()).toArray(CompletableFuture[]::new));
    }

    /** What the caches of one domain share. */
    private record Shared(RedisLink reading, InvalidationLog log, TagIndex tagIndex) {}
}
