package io.r3mes.cache.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** Starts Redis as single server, cluster and sentinel group. Nothing is persisted. */
public final class RedisServers {

    private static final int SLOTS = 16_384;

    private RedisServers() {}

    /** A single server, started. */
    public static RedisProcess standalone(String... settings) {
        return prepared(settings).start();
    }

    /** A single server, not started. */
    public static RedisProcess prepared(String... settings) {
        int port = RedisProcess.freePort();
        return new RedisProcess(port, arguments(port, settings));
    }

    /** A cluster of masters without replicas that share all slots. */
    public static Group cluster(int masters) {
        List<RedisProcess> nodes = IntStream.range(0, masters)
                .mapToObj(i -> {
                    int port = RedisProcess.freePort();
                    String[] settings = {
                        "--cluster-enabled",
                        "yes",
                        "--cluster-port",
                        Integer.toString(RedisProcess.freePort()),
                        "--cluster-node-timeout",
                        "2000"
                    };
                    return new RedisProcess(port, arguments(port, settings)).start();
                })
                .toList();
        Group group = new Group(nodes);
        for (int i = 0; i < masters; i++) {
            int from = SLOTS * i / masters;
            int to = SLOTS * (i + 1) / masters - 1;
            command(
                    nodes.get(i),
                    redis -> redis.clusterAddSlots(
                            IntStream.rangeClosed(from, to).toArray()));
        }
        group.introduce();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(group::knowsAllSlots);
        return group;
    }

    /** A master (first), one replica, and one sentinel (last) that calls the master {@code main}. */
    public static Group sentinel() {
        RedisProcess master = standalone();
        RedisProcess replica = standalone("--replicaof", "127.0.0.1", Integer.toString(master.port()));
        int port = RedisProcess.freePort();
        Path config = directory().resolve("sentinel.conf");
        write(config, """
                port %d
                bind 127.0.0.1
                sentinel monitor main 127.0.0.1 %d 1
                sentinel down-after-milliseconds main 500
                sentinel failover-timeout main 2000
                """.formatted(port, master.port()));
        RedisProcess sentinel = new RedisProcess(port, List.of(config.toString(), "--sentinel")).start();
        Group group = new Group(List.of(master, replica, sentinel));
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> command(master, redis -> redis.info("replication").contains("state=online")));
        return group;
    }

    /** A port of the loopback interface that nobody uses. */
    public static int freePort() {
        return RedisProcess.freePort();
    }

    /** Runs commands on a server over a connection of their own. */
    public static <T> T command(RedisProcess server, Function<RedisCommands<String, String>, T> commands) {
        RedisClient client = RedisClient.create(RedisURI.create(server.uri()));
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            return commands.apply(connection.sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
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
        arguments.addAll(List.of(settings));
        return arguments;
    }

    private static Path directory() {
        try {
            Path directory = Files.createTempDirectory("redis");
            directory.toFile().deleteOnExit();
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
            file.toFile().deleteOnExit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Servers that belong together. */
    public record Group(List<RedisProcess> servers) implements AutoCloseable {

        public RedisProcess server(int index) {
            return servers.get(index);
        }

        @Override
        public void close() {
            servers.forEach(RedisProcess::close);
        }

        private void introduce() {
            for (RedisProcess other : servers.subList(1, servers.size())) {
                String bus =
                        command(other, redis -> redis.configGet("cluster-port").get("cluster-port"));
                String port = Integer.toString(other.port());
                command(server(0), redis -> send(redis, CommandType.CLUSTER, "MEET", "127.0.0.1", port, bus));
            }
        }

        private boolean knowsAllSlots() {
            return servers.stream()
                    .allMatch(server -> command(server, redis -> {
                        String info = redis.clusterInfo();
                        return info.contains("cluster_state:ok")
                                && info.contains("cluster_known_nodes:" + servers.size());
                    }));
        }
    }
}
