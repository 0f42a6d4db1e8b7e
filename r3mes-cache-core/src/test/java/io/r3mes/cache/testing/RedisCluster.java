package io.r3mes.cache.testing;

import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.models.partitions.ClusterPartitionParser;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A Redis Cluster whose shards can be failed over. Its servers are first the masters, then the replicas. */
public final class RedisCluster implements RedisServers.Group {

    private static final int SLOTS = 16_384;

    private final List<RedisProcess> servers;

    private RedisCluster(List<RedisProcess> servers) {
        this.servers = servers;
    }

    /** Starts and joins the servers; when it returns, every replica follows its master. */
    static RedisCluster start(int masters, int replicasEach, String... settings) {
        RedisCluster cluster = new RedisCluster(Stream.generate(() -> server(settings))
                .limit(masters * (1L + replicasEach))
                .toList());
        for (int i = 0; i < masters; i++) {
            int from = SLOTS * i / masters;
            int to = SLOTS * (i + 1) / masters - 1;
            RedisServers.command(
                    cluster.server(i),
                    redis -> redis.clusterAddSlots(
                            IntStream.rangeClosed(from, to).toArray()));
        }
        cluster.introduce();
        Patience.await("all servers know each other").until(cluster::isComplete);
        for (int i = masters; i < cluster.servers.size(); i++) {
            RedisProcess master = cluster.server(i % masters);
            String id = RedisServers.command(master, redis -> redis.clusterMyId());
            RedisServers.command(cluster.server(i), redis -> redis.clusterReplicate(id));
        }
        for (int i = masters; i < cluster.servers.size(); i++) {
            new ReplicationLink(cluster.server(i % masters), cluster.server(i)).awaitUp();
        }
        Patience.await("all servers know the replicas").until(() -> cluster.replicasKnownToAll(masters * replicasEach));
        return cluster;
    }

    @Override
    public List<RedisProcess> servers() {
        return servers;
    }

    /** The masters that the cluster lists now. */
    public List<RedisProcess> masters() {
        return view(running().findFirst().orElseThrow()).stream()
                .filter(node -> node.is(NodeFlag.UPSTREAM) && !node.is(NodeFlag.FAIL))
                .map(this::process)
                .toList();
    }

    /** The shard that holds a key now: its master, and the replicas that the cluster lists. */
    public Shard shard(String key) {
        List<RedisClusterNode> view = view(running().findFirst().orElseThrow());
        RedisClusterNode master = masterOf(view, key).orElseThrow();
        List<RedisProcess> replicas = view.stream()
                .filter(node -> master.getNodeId().equals(node.getSlaveOf()))
                .map(this::process)
                .toList();
        return new Shard(process(master), replicas);
    }

    /**
     * Lets the first replica of a key's shard take over from its master without loss, as in a planned failover. When it
     * returns, every server knows the new master and the old one follows it.
     */
    public Shard failOver(String key) {
        Shard before = shard(key);
        RedisProcess promoted = before.replica();
        RedisServers.command(promoted, redis -> redis.clusterFailover(false));
        awaitMaster(key, promoted);
        new ReplicationLink(promoted, before.master()).awaitUp();
        awaitReplica(before.master());
        return shard(key);
    }

    /** Ends the master of a key's shard as a crash does, waits for a replica's promotion and returns what was ended. */
    public RedisProcess killMaster(String key) {
        Shard before = shard(key);
        before.master().kill();
        Patience.await("a replica is promoted")
                .until(() -> masterOf(view(before.replica()), key)
                        .filter(node ->
                                node.getUri().getPort() != before.master().port())
                        .isPresent());
        RedisProcess promoted = process(masterOf(view(before.replica()), key).orElseThrow());
        awaitMaster(key, promoted);
        new ReplicationLink(before.master(), promoted).mend();
        return before.master();
    }

    /** Starts a server that was ended; when it returns, it follows the master that took over from it. */
    public void rejoin(RedisProcess killed) {
        killed.start();
        Patience.await("the server follows again")
                .until(() -> RedisServers.info(killed).contains("master_link_status:up"));
        awaitReplica(killed);
    }

    /**
     * The servers that hold one range of slots.
     *
     * @param replicas all that the cluster lists, running or not
     */
    public record Shard(RedisProcess master, List<RedisProcess> replicas) {

        public RedisProcess replica() {
            return replicas.get(0);
        }

        public ReplicationLink link() {
            return new ReplicationLink(master, replica());
        }
    }

    private void awaitMaster(String key, RedisProcess master) {
        Patience.await("all servers know the new master")
                .until(() -> servers.stream()
                        .filter(RedisProcess::isRunning)
                        .allMatch(server -> isMaster(master, view(server), key) && isOk(server)));
    }

    private void awaitReplica(RedisProcess replica) {
        Patience.await("all servers know the new replica")
                .until(() -> running()
                        .allMatch(server -> view(server).stream()
                                .anyMatch(node ->
                                        node.getUri().getPort() == replica.port() && node.getSlaveOf() != null)));
    }

    private static RedisProcess server(String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "--cluster-enabled",
                "yes",
                "--cluster-port",
                Integer.toString(FreePorts.next()),
                "--cluster-node-timeout",
                "2000",
                "--cluster-replica-validity-factor",
                "0",
                "--repl-diskless-sync-delay",
                "0"));
        all.addAll(List.of(settings));
        return RedisServers.standalone(all.toArray(String[]::new));
    }

    private void introduce() {
        for (RedisProcess other : servers.subList(1, servers.size())) {
            String bus = RedisServers.command(
                    other, redis -> redis.configGet("cluster-port").get("cluster-port"));
            String port = Integer.toString(other.port());
            RedisServers.command(
                    server(0), redis -> RedisServers.send(redis, CommandType.CLUSTER, "MEET", "127.0.0.1", port, bus));
        }
    }

    private boolean isComplete() {
        return servers.stream()
                .allMatch(server -> isOk(server)
                        && RedisServers.command(server, redis -> redis.clusterInfo())
                                .contains("cluster_known_nodes:" + servers.size()));
    }

    private boolean replicasKnownToAll(int replicas) {
        return servers.stream()
                .allMatch(server -> isOk(server)
                        && view(server).stream()
                                        .filter(node -> node.getSlaveOf() != null)
                                        .count()
                                == replicas);
    }

    private static boolean isOk(RedisProcess server) {
        return RedisServers.command(server, redis -> redis.clusterInfo()).contains("cluster_state:ok");
    }

    private Stream<RedisProcess> running() {
        return servers.stream().filter(RedisProcess::isRunning);
    }

    private static List<RedisClusterNode> view(RedisProcess server) {
        String nodes = RedisServers.command(server, redis -> redis.clusterNodes());
        return List.copyOf(ClusterPartitionParser.parse(nodes).getPartitions());
    }

    /** Empty while a slot changes hands and a server knows of no new master yet. */
    private static Optional<RedisClusterNode> masterOf(List<RedisClusterNode> view, String key) {
        int slot = SlotHash.getSlot(key);
        return view.stream()
                .filter(node -> node.is(NodeFlag.UPSTREAM) && node.hasSlot(slot))
                .findFirst();
    }

    private static boolean isMaster(RedisProcess server, List<RedisClusterNode> view, String key) {
        return masterOf(view, key)
                .filter(node -> node.getUri().getPort() == server.port())
                .isPresent();
    }

    private RedisProcess process(RedisClusterNode node) {
        return servers.stream()
                .filter(server -> server.port() == node.getUri().getPort())
                .findFirst()
                .orElseThrow();
    }
}
