package io.r3mes.cache.redis;

import static io.r3mes.cache.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.XAddArgs;
import io.lettuce.core.resource.ClientResources;
import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.spi.InvalidationLog.NodeBeat;
import io.r3mes.cache.spi.InvalidationLog.Removal;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.LogEntry;
import io.r3mes.cache.spi.NodeState;
import io.r3mes.cache.spi.Nodes;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.testing.Await;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the adapter keeps in Redis, and what it costs. */
class RedisLayoutTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Pattern CALLS = Pattern.compile("cmdstat_([a-z]+):calls=(\\d+)");

    private static RedisProcess server;

    private RedisPorts ports;
    private RemoteStore store;
    private InvalidationLog log;
    private String namespace;

    @BeforeAll
    static void start() {
        server = RedisServers.standalone();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() {
        ports = RedisPorts.connected(RedisPorts.settings(Topology.STANDALONE, server.uri()));
        store = ports.store();
        log = ports.log();
        namespace = ports.keys().namespace();
    }

    @AfterEach
    void close() {
        ports.close();
    }

    @Test
    void namesKeysReadably() {
        Lease lease = new Lease("user:info:wallet123", "token", MINUTE);
        result(store.takeOver(lease));
        result(store.store(lease, new byte[] {1}, MINUTE));
        result(store.takeOver(lease));
        result(log.append(Append.of(new Event.Tags(List.of("user:wallet123")), 0)));
        result(log.beat(new NodeBeat("n", 0, MINUTE)));
        result(ports.tags().add("user:info:wallet123", List.of("user:wallet123"), MINUTE));
        String shared = "{" + namespace + "}";
        assertThat(ports.names())
                .containsExactlyInAnyOrder(
                        namespace + ":user:info:wallet123",
                        "{" + namespace + ":user:info:wallet123}:lease",
                        shared + ":log",
                        shared + ":meta",
                        shared + ":nodes",
                        shared + ":tag:user:wallet123",
                        shared + ":members:user:wallet123");
    }

    @Test
    void everythingPerEntryOrTagExpires() {
        Lease lease = new Lease("k", "token", Duration.ofSeconds(5));
        result(store.takeOver(lease));
        result(store.store(lease, new byte[] {1}, MINUTE));
        result(store.acquire(lease));
        result(log.append(Append.of(new Event.Tags(List.of("a")), 0)));
        result(log.marks(List.of("b"), 0));
        result(ports.tags().add("k", List.of("a"), MINUTE));
        assertThat(life(ports.keys().value("k"))).isBetween(50_000L, 60_000L);
        assertThat(life(ports.keys().lease("k"))).isBetween(1L, 5_000L);
        assertThat(life(ports.keys().members("a", 0))).isBetween(50_000L, 60_000L);
        assertThat(life(ports.keys().stamp("a"))).isBetween(86_000_000L, 86_400_000L);
        assertThat(life(ports.keys().stamp("b"))).isBetween(86_000_000L, 86_400_000L);
        assertThat(result(ports.tags().detach("a")))
                .singleElement()
                .satisfies(part -> assertThat(life(part)).isBetween(500_000L, 600_000L));
    }

    @Test
    void sendsOneCommandPerOperation() {
        Lease lease = new Lease("k", "token", MINUTE);
        Append append = Append.of(new Event.Tags(List.of("t")), 0);
        Runnable everything = () -> {
            result(store.acquire(lease));
            result(store.store(lease, new byte[1], MINUTE));
            result(store.unlink("k"));
            result(log.append(append));
            result(log.head(0));
            result(log.marks(List.of("t"), 0));
        };
        everything.run();
        assertThat(sent(() -> store.get("k"))).isEqualTo(Map.of("get", 1));
        assertThat(sent(() -> store.getAll(List.of("k", "l")))).isEqualTo(Map.of("mget", 1));
        assertThat(sent(() -> store.takeOver(lease))).isEqualTo(Map.of("set", 1));
        assertThat(sent(() -> store.store(lease, new byte[1], MINUTE)))
                .isEqualTo(Map.of("evalsha", 1, "mget", 1, "set", 1, "del", 1));
        assertThat(sent(() -> store.acquire(lease))).isEqualTo(Map.of("evalsha", 1, "mget", 1, "set", 1));
        assertThat(sent(() -> store.unlink("k"))).isEqualTo(Map.of("evalsha", 1, "del", 1, "unlink", 1));
        assertThat(sent(() -> log.head(0))).isEqualTo(Map.of("evalsha", 1, "time", 1, "hmget", 1));
        assertThat(sent(() -> log.append(append)))
                .isEqualTo(Map.of("evalsha", 1, "hdel", 1, "time", 1, "hmget", 1, "xadd", 1, "hset", 1, "set", 1));
        assertThat(sent(() -> log.marks(List.of("t"), 0)))
                .isEqualTo(Map.of("evalsha", 1, "time", 1, "hmget", 1, "hdel", 1, "get", 1, "hlen", 1));
    }

    @Test
    void aLargeTagIsPartsThatExpireOneAfterTheOther() {
        TagParts parts = new TagParts(4, 3);
        try (RedisPorts divided = RedisPorts.connected(RedisPorts.settings(Topology.STANDALONE, server.uri()), parts)) {
            for (int i = 0; i < 40; i++) {
                result(divided.tags().add("k" + i, List.of("t"), MINUTE));
            }
            RedisKeys names = divided.keys();
            assertThat(divided.names())
                    .containsExactlyInAnyOrder(
                            names.members("t", 0), names.members("t", 1), names.members("t", 2), names.members("t", 3));
            for (int part = 1; part <= 3; part++) {
                String name = names.members("t", part);
                assertThat(members(name)).isLessThanOrEqualTo(4);
                assertThat(life(name)).isBetween(50_000L + part * 250L, 60_000L + part * 250L);
            }
            List<String> detached = result(divided.tags().detach("t"));
            assertThat(divided.names())
                    .containsExactlyInAnyOrderElementsOf(detached)
                    .hasSize(4);
            assertThat(detached).allSatisfy(part -> assertThat(life(part)).isBetween(500_000L, 601_000L));
        }
    }

    @Test
    void anAdditionRemovesAFewExpiredMembers() {
        String set = ports.keys().members("t", 0);
        for (int i = 0; i < 40; i++) {
            byte[] expired = bytes("expired" + i);
            ports.redis(commands -> commands.zadd(set, 1, expired));
        }
        for (long left : List.of(25L, 9L, 1L)) {
            result(ports.tags().add("k", List.of("t"), MINUTE));
            assertThat(members(set)).isEqualTo(left);
        }
    }

    @Test
    void partsHoldWhatATagMayHave() {
        assertThat(TagParts.holding(1)).isEqualTo(new TagParts(1, 0));
        assertThat(TagParts.holding(8_192)).isEqualTo(new TagParts(8_192, 0));
        assertThat(TagParts.holding(8_193)).isEqualTo(new TagParts(8_192, 1));
        TagParts usual = TagParts.holding(1_000_000);
        assertThat(usual).isEqualTo(new TagParts(8_192, 128));
        int[] members = new int[usual.further() + 1];
        for (int i = 0; i < 1_000_000 - usual.size(); i++) {
            members[usual.of("user:info:wallet" + i)]++;
        }
        assertThat(members[0]).isZero();
        assertThat(Arrays.stream(members).max().orElseThrow()).isLessThanOrEqualTo(usual.size());
    }

    @Test
    void survivesAScriptFlush() {
        Lease lease = new Lease("k", "token", MINUTE);
        for (int i = 0; i < 3; i++) {
            RedisServers.command(server, redis -> redis.scriptFlush());
            assertThat(result(store.acquire(lease)).acquired()).isTrue();
            RedisServers.command(server, redis -> redis.scriptFlush());
            assertThat(result(store.store(lease, new byte[] {1}, MINUTE))).isTrue();
            RedisServers.command(server, redis -> redis.scriptFlush());
            assertThat(result(log.append(Append.of(new Event.All(), 0))).position())
                    .isPositive();
        }
    }

    @Test
    void anEntryThatCannotBeReadCoversEverything() {
        Head head = result(log.head(0));
        List<Map<String, byte[]>> foreign = List.of(
                Map.of("x", bytes("y")),
                Map.of("k", bytes("z"), "v", bytes(""), "i", bytes("1"), "p", bytes("")),
                Map.of("k", bytes("p"), "v", bytes(""), "i", bytes("2"), "p", bytes("1")));
        for (int i = 0; i < foreign.size(); i++) {
            XAddArgs id = new XAddArgs().id((head.position() + 1 + i) + "-0");
            Map<String, byte[]> entry = foreign.get(i);
            ports.redis(commands -> commands.xadd(ports.keys().log(), id, entry));
        }
        assertThat(result(log.read(head.position(), 10, Duration.ZERO)))
                .extracting(LogEntry::event)
                .hasSize(3)
                .containsOnly(new Event.All());
    }

    @Test
    void aTextWithALineFeedCoversEverything() {
        Head head = result(log.head(0));
        result(log.append(Append.of(new Event.Keys(List.of("a\nb")), 0)));
        assertThat(result(log.read(head.position(), 10, Duration.ZERO)))
                .extracting(LogEntry::event)
                .containsExactly(new Event.All());
        assertThat(result(log.marks(List.of(), 0)).base()).isGreaterThan(head.position());
    }

    @Test
    void trimsTheLogByAge() {
        long old = now() - 2 * LogScripts.RETENTION_MICROS;
        for (int i = 0; i < 300; i++) {
            XAddArgs id = new XAddArgs().id((old + i) + "-0");
            ports.redis(commands -> commands.xadd(ports.keys().log(), id, Map.of("k", bytes("m"))));
        }
        long since = result(log.head(0)).position();
        assertThat(length()).isEqualTo(301);
        Append append = new Append(new Event.Keys(List.of("k")), 0, old + 10, List.of(), Removal.NONE);
        assertThat(result(log.append(append)).contested()).isTrue();
        assertThat(length()).isLessThanOrEqualTo(102);
        assertThat(result(log.append(append)).contested()).isTrue();
        Append recent = new Append(new Event.Keys(List.of("other")), 0, since, List.of(), Removal.NONE);
        assertThat(result(log.append(recent)).contested()).isFalse();
    }

    @Test
    void aLogWithoutMetadataOrEntriesGoesOnAboveItsLastId() {
        long future = now() + 3_600_000_000L;
        ports.redis(commands ->
                commands.xadd(ports.keys().log(), new XAddArgs().id(future + "-0"), Map.of("k", bytes("m"))));
        ports.redis(commands -> commands.xdel(ports.keys().log(), future + "-0"));
        assertThat(result(log.head(0)).position()).isEqualTo(future + 1);
    }

    @Test
    void aLostLogIsAContest() {
        long since = result(log.head(0)).position();
        result(log.append(Append.of(new Event.Keys(List.of("k")), 0)));
        ports.redis(commands -> commands.del(ports.keys().log()));
        Append append = new Append(new Event.Keys(List.of("k")), 0, since, List.of(), Removal.NONE);
        assertThat(result(log.append(append)).contested()).isTrue();
        assertThat(result(log.append(append)).contested()).isTrue();
    }

    @Test
    void forgetsNodesThatAreSilent() {
        long longAgo = now() - LogScripts.SILENCE_MICROS - 1_000_000;
        String silent = "1:" + longAgo + ":500000";
        String late = "1:" + (now() - LogScripts.SILENCE_MICROS / 2) + ":500000";
        String trusting = "1:" + longAgo + ":60000000";
        setNodes(Map.of("silent", bytes(silent), "late", bytes(late), "trusting", bytes(trusting)));
        assertThat(result(log.nodes()).states()).hasSize(3);
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            result(log.beat(new NodeBeat("n", 1, MINUTE)));
            return result(log.nodes()).states().size() == 3;
        });
        Nodes nodes = result(log.nodes());
        assertThat(nodes.states()).extracting(NodeState::node).containsExactlyInAnyOrder("late", "trusting", "n");
        assertThat(nodes.ageMicros()).isNotNegative();
    }

    @Test
    void aListOfNodesThatAnotherServerKeptIsKeptFromTheNextBeatOn() {
        result(log.beat(new NodeBeat("n", 1, MINUTE)));
        long hourAgo = now() - MINUTE.toNanos() / 1_000 * 60;
        setNodes(Map.of(LogScripts.MARK, bytes("0123456789abcdef0123456789abcdef01234567:" + hourAgo)));
        Nodes nodes = result(log.nodes());
        assertThat(nodes.states()).extracting(NodeState::node).containsExactly("n");
        assertThat(nodes.ageMicros()).isEqualTo(Nodes.UNKNOWN);
        long before = now();
        result(log.beat(new NodeBeat("n", 1, MINUTE)));
        assertThat(result(log.nodes()).ageMicros()).isBetween(0L, now() - before);
    }

    @Test
    void aListOfNodesKeptSinceAFutureTimeIsKeptFromTheNextBeatOn() {
        String server = result(log.beat(new NodeBeat("n", 1, MINUTE))).replication();
        setNodes(Map.of(LogScripts.MARK, bytes(server + ":" + (now() + MINUTE.toNanos() / 1_000))));
        assertThat(result(log.nodes()).ageMicros()).isZero();
        result(log.beat(new NodeBeat("n", 1, MINUTE)));
        byte[] mark = ports.redis(commands -> commands.hget(ports.keys().nodes(), LogScripts.MARK));
        assertThat(new String(mark, StandardCharsets.UTF_8)).startsWith(server + ":");
        assertThat(Long.parseLong(new String(mark, StandardCharsets.UTF_8).substring(server.length() + 1)))
                .isLessThanOrEqualTo(now());
    }

    private void setNodes(Map<String, byte[]> fields) {
        ports.redis(commands -> commands.hset(ports.keys().nodes(), fields));
    }

    @Test
    void refusesAFloorThatLuaCannotCount() {
        assertThat(Await.failure(log.head(Long.MAX_VALUE))).isInstanceOf(IllegalArgumentException.class);
        assertThat(Await.failure(log.append(Append.of(new Event.All(), 1L << 53))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void leavesResourcesOfTheApplicationRunning() {
        ClientResources resources = ClientResources.create();
        try {
            RedisSettings settings = RedisSettings.standalone(server.uri());
            RedisAdapter adapter = RedisAdapter.create(
                    new RedisSettings(settings.topology(), settings.uris(), MINUTE, null, resources),
                    RedisNamespace.of(namespace));
            result(adapter.connect());
            adapter.close();
            assertThat(resources.eventExecutorGroup().isShuttingDown()).isFalse();
        } finally {
            resources.shutdown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a:b", "{a}", "a*", "ü", "a\n"})
    void refusesANamespaceThatWouldMixWithKeys(String invalid) {
        RedisSettings settings = RedisSettings.standalone(server.uri());
        assertThatThrownBy(() -> RedisAdapter.create(settings, RedisNamespace.of(invalid)))
                .isInstanceOf(CacheConfigurationException.class)
                .hasMessageContaining("namespace");
    }

    private Map<String, Integer> sent(Supplier<CompletionStage<?>> operation) {
        RedisServers.command(server, redis -> redis.configResetstat());
        result(operation.get());
        return RedisServers.command(server, redis -> calls(redis.info("commandstats")));
    }

    private static Map<String, Integer> calls(String statistics) {
        Map<String, Integer> calls = new HashMap<>();
        for (Matcher found = CALLS.matcher(statistics); found.find(); ) {
            calls.put(found.group(1), Integer.valueOf(found.group(2)));
        }
        List.of("config", "info", "hello", "client", "ping").forEach(calls::remove);
        return calls;
    }

    private long life(String name) {
        return ports.redis(commands -> commands.pttl(name));
    }

    private long members(String name) {
        return ports.redis(commands -> commands.zcard(name));
    }

    private long length() {
        return ports.redis(commands -> commands.xlen(ports.keys().log()));
    }

    private long now() {
        List<byte[]> time = ports.redis(commands -> commands.time());
        return Long.parseLong(text(time.get(0))) * 1_000_000 + Long.parseLong(text(time.get(1)));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
