package io.r3mes.cache.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.TimeoutOptions.TimeoutSource;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.RedisCommand;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The Lettuce options of one adapter: those of the application, with what coherence depends on set. */
final class RedisOptions {

    /** Bounds connecting, handshakes and topology queries. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(30);
    private static final Duration ADAPTIVE_REFRESH_PAUSE = Duration.ofSeconds(1);

    private final RedisSettings settings;

    RedisOptions(RedisSettings settings) {
        this.settings = settings;
    }

    ClientOptions single() {
        ClientOptions base = settings.options();
        return apply(base == null ? ClientOptions.builder() : base.mutate(), base)
                .build();
    }

    ClusterClientOptions cluster() {
        ClientOptions base = settings.options();
        ClusterClientOptions.Builder builder = base instanceof ClusterClientOptions cluster
                ? cluster.mutate()
                : base == null ? ClusterClientOptions.builder() : ClusterClientOptions.builder(base);
        apply(builder, base);
        return builder.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(TOPOLOGY_REFRESH)
                        .adaptiveRefreshTriggersTimeout(ADAPTIVE_REFRESH_PAUSE)
                        .build())
                .build();
    }

    /** Copies of the URIs whose time-out bounds the handshake. */
    List<RedisURI> uris() {
        return settings.uris().stream()
                .map(uri -> RedisURI.builder(uri).withTimeout(CONNECT_TIMEOUT).build())
                .toList();
    }

    private ClientOptions.Builder apply(ClientOptions.Builder builder, @Nullable ClientOptions base) {
        SocketOptions sockets = base == null ? SocketOptions.create() : base.getSocketOptions();
        return builder.autoReconnect(true)
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(command -> true)
                .socketOptions(sockets.mutate()
                        .connectTimeout(CONNECT_TIMEOUT)
                        .keepAlive(true)
                        .build())
                .timeoutOptions(TimeoutOptions.builder()
                        .timeoutCommands()
                        .timeoutSource(new Timeouts(settings.commandTimeout()))
                        .build());
    }

    /** Gives the commands of the adapter their time, and leaves those of the client theirs. */
    private static final class Timeouts extends TimeoutSource {

        private static final Set<ProtocolKeyword> OURS = Set.of(
                CommandType.GET,
                CommandType.MGET,
                CommandType.SET,
                CommandType.EVALSHA,
                CommandType.EVAL,
                CommandType.HDEL,
                CommandType.SCAN,
                CommandType.ZPOPMIN);

        private final long commandNanos;

        Timeouts(Duration command) {
            this.commandNanos = command.toNanos();
        }

        @Override
        public long getTimeout(RedisCommand<?, ?, ?> command) {
            if (command.getType() == CommandType.XREAD) {
                return RedisInvalidationLog.LONGEST_WAIT.plusNanos(commandNanos).toNanos();
            }
            return OURS.contains(command.getType()) ? commandNanos : CONNECT_TIMEOUT.toNanos();
        }

        @Override
        public TimeUnit getTimeUnit() {
            return TimeUnit.NANOSECONDS;
        }
    }
}
