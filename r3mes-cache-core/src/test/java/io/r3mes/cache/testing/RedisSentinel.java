package io.r3mes.cache.testing;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A master (first), its replica, and a sentinel (last) that calls the master {@code main} and can fail it over. */
public final class RedisSentinel implements RedisServers.Group {

    private static final String NAME = "main";
    private static final String PAUSE_MILLIS = "30000";

    private final List<RedisProcess> servers;

    private RedisSentinel(RedisProcess master, RedisProcess replica, RedisProcess sentinel) {
        servers = List.of(master, replica, sentinel);
    }

    /** Starts the servers; when it returns, the replica follows and the sentinel knows it. */
    static RedisSentinel start(String... settings) {
        RedisProcess master = server(settings);
        RedisProcess replica = server(settings);
        follow(replica, master);
        int port = FreePorts.next();
        Path config = RedisServers.directory().resolve("sentinel.conf");
        write(config, """
                port %d
                bind 127.0.0.1
                sentinel monitor %s 127.0.0.1 %d 1
                sentinel down-after-milliseconds %s 2000
                sentinel failover-timeout %s 10000
                """.formatted(port, NAME, master.port(), NAME, NAME));
        RedisProcess sentinel = new RedisProcess(port, List.of(config.toString(), "--sentinel")).start();
        RedisSentinel group = new RedisSentinel(master, replica, sentinel);
        group.awaitCalm(group.link());
        return group;
    }

    @Override
    public List<RedisProcess> servers() {
        return servers;
    }

    public String uri() {
        return "redis-sentinel://" + RedisUser.ANY.authority() + "127.0.0.1:"
                + sentinel().port() + "#" + NAME;
    }

    /** The master as the sentinel names it now, and the other server. */
    public ReplicationLink link() {
        int port = masterPort();
        RedisProcess master = dataServer(server -> server.port() == port);
        return new ReplicationLink(master, dataServer(server -> server != master));
    }

    /**
     * Lets the replica take over without loss, as in a planned failover: writes pause until the sentinel has promoted a
     * replica that is up to date, and the old master follows at once instead of seconds later.
     */
    public ReplicationLink handOver() {
        ReplicationLink before = link();
        ReplicationLink after = new ReplicationLink(before.replica(), before.master());
        awaitCalm(before);
        pauseWrites(before.master());
        try {
            before.awaitCaughtUp();
            promote();
            Patience.await("the replica is promoted")
                    .until(() -> RedisServers.info(after.master()).contains("role:master"));
            follow(after.replica(), after.master());
            awaitMaster(after.master());
            RedisServers.command(after.replica(), redis -> redis.clientKill(KillArgs.Builder.typeNormal()));
        } finally {
            RedisServers.command(after.replica(), redis -> RedisServers.send(redis, CommandType.CLIENT, "UNPAUSE"));
        }
        awaitCalm(after);
        return after;
    }

    /**
     * Has the sentinel fail over, and waits until it names the replica. The old master does not know for some seconds: what
     * it acknowledges until then is lost.
     */
    public ReplicationLink failOver() {
        ReplicationLink before = link();
        awaitCalm(before);
        promote();
        awaitMaster(before.replica());
        return link();
    }

    /** The same as {@link #killMaster}, once the replica holds all that the master has acknowledged. */
    public RedisProcess killMasterWithUpToDateReplica() {
        ReplicationLink link = link();
        pauseWrites(link.master());
        link.awaitCaughtUp();
        return killMaster();
    }

    /** Ends the master as a crash does, waits for the replica's promotion and returns what was ended. */
    public RedisProcess killMaster() {
        ReplicationLink before = link();
        before.master().kill();
        awaitMaster(before.replica());
        before.mend();
        return before.master();
    }

    /** Starts a server that was ended; when it returns, it follows the master that took over from it. */
    public void rejoin(RedisProcess killed) {
        ReplicationLink link = link();
        killed.startWith(
                "--replicaof", "127.0.0.1", Integer.toString(link.master().port()));
        awaitCalm(link);
    }

    private RedisProcess sentinel() {
        return server(2);
    }

    private RedisProcess dataServer(Predicate<RedisProcess> wanted) {
        return servers.subList(0, 2).stream().filter(wanted).findFirst().orElseThrow();
    }

    private int masterPort() {
        return RedisServers.sentinel(
                sentinel(), redis -> ((InetSocketAddress) redis.getMasterAddrByName(NAME)).getPort());
    }

    /** A failover that the sentinel has begun by itself, because a busy machine kept the master from answering, will do. */
    private void promote() {
        RedisServers.sentinel(sentinel(), redis -> {
            try {
                return redis.failover(NAME);
            } catch (RedisCommandExecutionException refused) {
                if (String.valueOf(refused.getMessage()).startsWith("INPROG")) {
                    return "under way";
                }
                throw refused;
            }
        });
    }

    private void awaitMaster(RedisProcess promoted) {
        Patience.await("the sentinel names the new master")
                .until(() -> masterPort() == promoted.port()
                        && RedisServers.info(promoted).contains("role:master"));
    }

    /**
     * Waits until the sentinel sees both servers in their roles and calm. It learns of a replica from its master, trusts it
     * when it has heard from the replica itself, and loses its connections to servers that change their role.
     */
    private void awaitCalm(ReplicationLink link) {
        link.awaitUp();
        String port = Integer.toString(link.replica().port());
        Patience.await("the sentinel knows the replica")
                .until(() -> RedisServers.sentinel(sentinel(), redis -> {
                    boolean master = "master".equals(redis.master(NAME).get("flags"));
                    return master
                            && redis.replicas(NAME).stream()
                                    .anyMatch(known -> port.equals(known.get("port"))
                                            && "slave".equals(known.get("flags"))
                                            && "ok".equals(known.get("master-link-status")));
                }));
    }

    private static RedisProcess server(String... settings) {
        List<String> all = new ArrayList<>(List.of("--repl-diskless-sync-delay", "0"));
        all.addAll(List.of(settings));
        return RedisServers.standalone(all.toArray(String[]::new));
    }

    private static void follow(RedisProcess replica, RedisProcess master) {
        RedisServers.command(replica, redis -> redis.replicaof("127.0.0.1", master.port()));
        new ReplicationLink(master, replica).awaitUp();
    }

    private static void pauseWrites(RedisProcess server) {
        RedisServers.command(
                server, redis -> RedisServers.send(redis, CommandType.CLIENT, "PAUSE", PAUSE_MILLIS, "WRITE"));
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
            file.toFile().deleteOnExit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
