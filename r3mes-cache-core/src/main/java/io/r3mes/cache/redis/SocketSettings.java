package io.r3mes.cache.redis;

import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.SocketOptions.TcpUserTimeoutOptions;
import io.lettuce.core.resource.EpollProvider;
import io.lettuce.core.resource.ExtendedKeepAliveSupport;
import io.lettuce.core.resource.IOUringProvider;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The socket options of one adapter: those of the application, with keepalive probes and a limit on unacknowledged data
 * where it chose none and the platform has them. They find a peer that vanished without a word; {@link SilenceWatch} finds
 * it sooner while commands are sent.
 */
final class SocketSettings {

    private static final KeepAliveOptions PROBED = KeepAliveOptions.builder()
            .enable()
            .idle(Duration.ofSeconds(5))
            .interval(Duration.ofSeconds(1))
            .count(3)
            .build();
    private static final Duration UNACKNOWLEDGED = Duration.ofSeconds(5);

    private SocketSettings() {}

    /**
     * @param given the application's, or null
     * @param tcp whether all servers are reached by TCP; a Unix socket has none of these options
     */
    static SocketOptions of(@Nullable SocketOptions given, Duration connectTimeout, boolean tcp) {
        SocketOptions base = given == null ? SocketOptions.create() : given;
        SocketOptions.Builder options =
                SocketOptions.builder().connectTimeout(connectTimeout).tcpNoDelay(base.isTcpNoDelay());
        if (!tcp || !ExtendedKeepAliveSupport.isSupported()) {
            options.keepAlive(true);
        } else {
            options.keepAlive(isChosen(base.getKeepAlive()) ? base.getKeepAlive() : PROBED);
        }
        if (base.isEnableTcpUserTimeout()) {
            options.tcpUserTimeout(base.getTcpUserTimeout());
        } else if (tcp && limitsUnacknowledged()) {
            options.tcpUserTimeout(TcpUserTimeoutOptions.builder()
                    .enable()
                    .tcpUserTimeout(UNACKNOWLEDGED)
                    .build());
        }
        return options.build();
    }

    /** Only native transports can; with another one Lettuce refuses to connect. */
    static boolean limitsUnacknowledged() {
        return EpollProvider.isAvailable() || IOUringProvider.isAvailable();
    }

    private static boolean isChosen(KeepAliveOptions keepAlive) {
        return keepAlive.getCount() != KeepAliveOptions.DEFAULT_COUNT
                || !keepAlive.getIdle().equals(KeepAliveOptions.DEFAULT_IDLE)
                || !keepAlive.getInterval().equals(KeepAliveOptions.DEFAULT_INTERVAL);
    }
}
