package io.r3mes.cache.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.TimeoutOptions.TimeoutSource;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions.RefreshTrigger;
import io.lettuce.core.event.DefaultEventPublisherOptions;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.util.HashedWheelTimer;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The Lettuce options of one adapter: those of the application, with what coherence depends on set. */
final class RedisOptions {

    static final Duration FIRST_DELAY = Duration.ofMillis(50);
    static final Duration LONGEST_DELAY = Duration.ofSeconds(1);

    /** Between two searches for the masters of a cluster, or two attempts to leave a demoted server. */
    static final Duration REFRESH_PAUSE = Duration.ofMillis(500);

    /** Bounds connecting, handshakes and topology queries. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(30);

    /** By how much a time-out may be late. */
    private static final Duration TICK = Duration.ofMillis(5);

    /** Commands that wait for an answer, for each connection to a server; more are refused. */
    private static final int MOST_WAITING = 16_384;

    private final RedisSettings settings;
    private final Timeouts timeouts;

    RedisOptions(RedisSettings settings) {
        this.settings = settings;
        this.timeouts = new Timeouts(settings.commandTimeout());
    }

    ClientOptions single() {
        ClientOptions base = settings.options();
        return apply(base == null ? ClientOptions.builder() : base.mutate(), base)
                .build();
    }

    /**
     * With all of Lettuce's reasons to read the topology, but for two: a slot under way has its master still, and a node
     * that stays away has none. {@link RedisClients#mustReopen} reads it while operations fail, {@link MasterSearch} while
     * the server of a slot is away.
     */
    ClusterClientOptions cluster() {
        ClientOptions base = settings.options();
        ClusterClientOptions.Builder builder = base instanceof ClusterClientOptions cluster
                ? cluster.mutate()
                : base == null ? ClusterClientOptions.builder() : ClusterClientOptions.builder(base);
        apply(builder, base);
        return builder.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(TOPOLOGY_REFRESH)
                        .disableAdaptiveRefreshTrigger(
                                RefreshTrigger.ASK_REDIRECT, RefreshTrigger.PERSISTENT_RECONNECTS)
                        .adaptiveRefreshTriggersTimeout(REFRESH_PAUSE)
                        .dynamicRefreshSources(true)
                        .closeStaleConnections(true)
                        .build())
                .build();
    }

    /** Copies of the URIs whose time-out bounds the handshake. */
    List<RedisURI> uris() {
        return settings.uris().stream().map(RedisOptions::copy).toList();
    }

    /**
     * Resources that reconnect soon, also from connections that have fallen silent. They share whatever has threads with
     * those of the application, if it gave any, but for the timer, whose ticks are too far apart there: its time-outs would
     * take up to twice as long. The timer is stopped by {@link RedisClients#closeAfter}.
     */
    ClientResources resources(ServerWatch watch) {
        ClientResources.Builder builder = ClientResources.builder()
                .timer(new HashedWheelTimer(
                        new DefaultThreadFactory("r3mes-cache-redis-timer", true),
                        TICK.toMillis(),
                        TimeUnit.MILLISECONDS))
                .reconnectDelay(
                        Delay.equalJitter(FIRST_DELAY, LONGEST_DELAY, FIRST_DELAY.toMillis(), TimeUnit.MILLISECONDS));
        ClientResources given = settings.resources();
        NettyCustomizer customizer = given == null ? new NettyCustomizer() {} : given.nettyCustomizer();
        builder.nettyCustomizer(new ActiveFirst(new SilenceWatch(customizer, timeouts, settings.commandTimeout())));
        if (given != null) {
            builder.addressResolverGroup(given.addressResolverGroup())
                    .commandLatencyRecorder(given.commandLatencyRecorder())
                    .commandLatencyPublisherOptions(DefaultEventPublisherOptions.disabled())
                    .eventBus(watch.before(given.eventBus()))
                    .eventExecutorGroup(given.eventExecutorGroup())
                    .eventLoopGroupProvider(given.eventLoopGroupProvider())
                    .socketAddressResolver(given.socketAddressResolver())
                    .tracing(given.tracing());
        }
        ClientResources own = builder.build();
        return given != null
                ? own
                : own.mutate().eventBus(watch.before(own.eventBus())).build();
    }

    /** Lettuce's own copy leaves sentinels out. */
    private static RedisURI copy(RedisURI uri) {
        RedisURI copy = new RedisURI();
        if (uri.getHost() != null) {
            copy.setHost(uri.getHost());
        }
        copy.setPort(uri.getPort());
        copy.setSocket(uri.getSocket());
        copy.setSentinelMasterId(uri.getSentinelMasterId());
        uri.getSentinels().forEach(sentinel -> copy.getSentinels().add(copy(sentinel)));
        copy.setCredentialsProvider(uri.getCredentialsProvider());
        copy.setDatabase(uri.getDatabase());
        copy.setClientName(uri.getClientName());
        copy.setDriverInfo(uri.getDriverInfo());
        copy.applySsl(uri);
        copy.setTimeout(CONNECT_TIMEOUT);
        return copy;
    }

    private ClientOptions.Builder apply(ClientOptions.Builder builder, @Nullable ClientOptions base) {
        boolean tcp = settings.uris().stream().noneMatch(uri -> uri.getSocket() != null);
        return builder.autoReconnect(true)
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(command -> true)
                .requestQueueSize(MOST_WAITING)
                .socketOptions(SocketSettings.of(base == null ? null : base.getSocketOptions(), CONNECT_TIMEOUT, tcp))
                .timeoutOptions(TimeoutOptions.builder()
                        .timeoutCommands()
                        .timeoutSource(timeouts)
                        .build());
    }

    /** Gives the commands of the adapter their time, and leaves those of the client theirs. */
    private static final class Timeouts extends TimeoutSource {

        private static final Set<ProtocolKeyword> OURS = Set.of(
                CommandType.GET,
                CommandType.GETRANGE,
                CommandType.MGET,
                CommandType.SET,
                CommandType.EVALSHA,
                CommandType.EVAL,
                CommandType.DEL,
                CommandType.UNLINK,
                CommandType.HDEL,
                CommandType.EXISTS,
                CommandType.SCAN,
                CommandType.ZPOPMIN,
                CommandType.WAIT);

        private static final Pattern WAIT = Pattern.compile("\\bBLOCK (\\d+)");

        private final long commandNanos;

        Timeouts(Duration command) {
            this.commandNanos = command.toNanos();
        }

        @Override
        public long getTimeout(RedisCommand<?, ?, ?> command) {
            if (command.getType() == CommandType.XREAD) {
                return commandNanos + TimeUnit.MILLISECONDS.toNanos(waitMillis(command));
            }
            return OURS.contains(command.getType()) ? commandNanos : CONNECT_TIMEOUT.toNanos();
        }

        private static long waitMillis(RedisCommand<?, ?, ?> command) {
            CommandArgs<?, ?> arguments = command.getArgs();
            Matcher wait = WAIT.matcher(arguments == null ? "" : arguments.toCommandString());
            return wait.find() ? Long.parseLong(wait.group(1)) : 0;
        }

        @Override
        public TimeUnit getTimeUnit() {
            return TimeUnit.NANOSECONDS;
        }
    }
}
