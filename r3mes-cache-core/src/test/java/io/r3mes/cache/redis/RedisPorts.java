package io.r3mes.cache.redis;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.spi.TagIndex;
import io.r3mes.cache.testing.Await;
import io.r3mes.cache.testing.Ports;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The ports of a connected adapter on Redis, and a connection of the default user beside it. */
final class RedisPorts implements Ports {

    /** Generous, because test machines pause. */
    static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(5);

    private static final ClientResources RESOURCES = ClientResources.create();
    private static final AtomicInteger NAMESPACES = new AtomicInteger();

    private final RedisAdapter adapter;
    private final RedisKeys keys;
    private final RedisClients clients;
    private final RedisLink link;
    private final TagIndex tags;

    private RedisPorts(RedisSettings settings, String namespace, TagParts parts) {
        adapter = RedisAdapter.create(settings, RedisNamespace.of(namespace));
        keys = RedisKeys.of(namespace);
        clients = new RedisClients(asDefaultUser(settings), () -> 0);
        link = new RedisLink(RedisClients.Use.COMMANDS, clients, () -> 0);
        tags = new RedisTagIndex(link, keys, parts, new SecureRandom()::nextLong);
    }

    static RedisPorts connected(RedisSettings settings) {
        return connected(settings, TagParts.holding(TagIndex.MOST_MEMBERS));
    }

    static RedisPorts connected(RedisSettings settings, TagParts parts) {
        RedisPorts ports = new RedisPorts(settings, "test-" + NAMESPACES.incrementAndGet(), parts);
        Await.result(ports.adapter.connect());
        Await.result(ports.link.connect());
        return ports;
    }

    static RedisSettings settings(Topology topology, String... uris) {
        return new RedisSettings(
                topology, List.of(uris).stream().map(RedisURI::create).toList(), COMMAND_TIMEOUT, null, RESOURCES);
    }

    private static RedisSettings asDefaultUser(RedisSettings settings) {
        List<RedisURI> uris = settings.uris().stream()
                .map(uri -> uri.getSentinels().isEmpty()
                        ? RedisURI.create(uri.getHost(), uri.getPort())
                        : RedisURI.Builder.sentinel(
                                        uri.getSentinels().get(0).getHost(),
                                        uri.getSentinels().get(0).getPort(),
                                        uri.getSentinelMasterId())
                                .build())
                .toList();
        return new RedisSettings(settings.topology(), uris, settings.commandTimeout(), null, settings.resources());
    }

    /** The names of all keys of the namespace. */
    Set<String> names() {
        return redis(commands -> commands.keys("*" + keys.namespace() + "*")).stream()
                .collect(Collectors.toSet());
    }

    RedisAdapter adapter() {
        return adapter;
    }

    RedisKeys keys() {
        return keys;
    }

    <T> T redis(Function<RedisClusterAsyncCommands<String, byte[]>, CompletionStage<T>> command) {
        return Await.result(link.call(command));
    }

    @Override
    public RemoteStore store() {
        return adapter.remoteStore();
    }

    @Override
    public InvalidationLog log() {
        return adapter.invalidationLog();
    }

    @Override
    public TagIndex tags() {
        return tags;
    }

    @Override
    public void loseMetadata() {
        redis(commands -> commands.del(keys.meta()));
    }

    @Override
    public void loseStamp(String tag) {
        redis(commands -> commands.del(keys.stamp(tag)));
    }

    @Override
    public void loseNodes() {
        redis(commands -> commands.del(keys.nodes()));
    }

    @Override
    public void changeServers() {
        KillArgs others = KillArgs.Builder.typeNormal().skipme();
        this.<Object>redis(commands -> commands instanceof RedisAdvancedClusterAsyncCommands<String, byte[]> cluster
                ? CompletableFuture.allOf(
                                cluster.upstream().commands().clientKill(others).futures())
                        .thenApply(killed -> others)
                : commands.clientKill(others).thenApply(killed -> others));
    }

    @Override
    public void close() {
        clients.closeAfter(link.close());
        adapter.close();
    }
}
