package io.r3mes.cache.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import io.lettuce.core.sentinel.api.sync.RedisSentinelCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Starts Redis as single server, cluster and sentinel group. Nothing is persisted. */
public final class RedisServers {

    /** For the tests' own commands; its threads are daemons. */
    private static final RedisClient CLIENT = RedisClient.create();

    private RedisServers() {}

    /** A single server, started. */
    public static RedisProcess standalone(String... settings) {
        return prepared(settings).start();
    }

    /** A single server, not started. */
    public static RedisProcess prepared(String... settings) {
        int port = FreePorts.next();
        return new RedisProcess(port, arguments(port, settings));
    }

    /** A cluster of masters without replicas that share all slots. */
    public static RedisCluster cluster(int masters) {
        return cluster(masters, 0);
    }

    /** A cluster whose masters share all slots and have as many replicas each, with settings for every server. */
    public static RedisCluster cluster(int masters, int replicasEach, String... settings) {
        return RedisCluster.start(masters, replicasEach, settings);
    }

    /** A master, its replica and a sentinel, with settings for the first two. */
    public static RedisSentinel sentinel(String... settings) {
        return RedisSentinel.start(settings);
    }

    /** A port of the loopback interface that nobody uses. */
    public static int freePort() {
        return FreePorts.next();
    }

    /** Runs commands on a server over a connection of their own. */
    public static <T> T command(RedisProcess server, Function<RedisCommands<String, String>, T> commands) {
        try (StatefulRedisConnection<String, String> connection = CLIENT.connect(RedisURI.create(server.adminUri()))) {
            return commands.apply(connection.sync());
        }
    }

    /** Runs commands on a sentinel over a connection of their own. */
    static <T> T sentinel(RedisProcess server, Function<RedisSentinelCommands<String, String>, T> commands) {
        try (StatefulRedisSentinelConnection<String, String> connection =
                CLIENT.connectSentinel(RedisURI.create(server.adminUri()))) {
            return commands.apply(connection.sync());
        }
    }

    /** What a server says about its replication. */
    static String info(RedisProcess server) {
        return command(server, redis -> redis.info("replication"));
    }

    /** Sends what Lettuce has no method for, and returns the server's OK. */
    public static String send(RedisCommands<String, String> redis, CommandType type, String... arguments) {
        CommandArgs<String, String> words = new CommandArgs<>(StringCodec.UTF8);
        List.of(arguments).forEach(words::add);
        return redis.dispatch(type, new StatusOutput<>(StringCodec.UTF8), words);
    }

    private static List<String> arguments(int port, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "--port", Integer.toString(port),
                "--bind", "127.0.0.1",
                "--dir", directory().toString(),
                "--save", "",
                "--appendonly", "no"));
        Stream.of(RedisUser.ANY, RedisUser.CONTRACT)
                .flatMap(RedisUser::arguments)
                .forEach(arguments::add);
        arguments.addAll(List.of(settings));
        return arguments;
    }

    static Path directory() {
        try {
            Path directory = Files.createTempDirectory("redis");
            directory.toFile().deleteOnExit();
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Servers that belong together. */
    public sealed interface Group extends AutoCloseable permits RedisCluster, RedisSentinel {

        List<RedisProcess> servers();

        default RedisProcess server(int index) {
            return servers().get(index);
        }

        @Override
        default void close() {
            servers().forEach(RedisProcess::close);
        }
    }
}
