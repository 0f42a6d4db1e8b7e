package io.r3mes.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.SocketOptions.TcpUserTimeoutOptions;
import io.lettuce.core.resource.ExtendedKeepAliveSupport;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Which socket options a connection gets. */
class SocketSettingsTest {

    private static final Duration CONNECT = Duration.ofSeconds(1);

    @Test
    void probesAPeerThatIsSilentWhereThePlatformCan() {
        SocketOptions options = SocketSettings.of(null, CONNECT, true);
        assertThat(options.isKeepAlive()).isTrue();
        assertThat(options.getConnectTimeout()).isEqualTo(CONNECT);
        assertThat(options.getKeepAlive().getIdle())
                .isEqualTo(
                        ExtendedKeepAliveSupport.isSupported() ? Duration.ofSeconds(5) : KeepAliveOptions.DEFAULT_IDLE);
        assertThat(options.isEnableTcpUserTimeout()).isEqualTo(SocketSettings.limitsUnacknowledged());
    }

    @Test
    void keepsWhatTheApplicationChose() {
        SocketOptions chosen = SocketOptions.builder()
                .keepAlive(KeepAliveOptions.builder()
                        .enable()
                        .idle(Duration.ofMinutes(3))
                        .build())
                .tcpUserTimeout(TcpUserTimeoutOptions.builder()
                        .enable()
                        .tcpUserTimeout(Duration.ofMinutes(4))
                        .build())
                .build();
        SocketOptions options = SocketSettings.of(chosen, CONNECT, true);
        assertThat(options.getTcpUserTimeout().getTcpUserTimeout()).isEqualTo(Duration.ofMinutes(4));
        if (ExtendedKeepAliveSupport.isSupported()) {
            assertThat(options.getKeepAlive().getIdle()).isEqualTo(Duration.ofMinutes(3));
        }
    }

    @Test
    void setsNothingOfTcpOnUnixSockets() {
        SocketOptions options = SocketSettings.of(null, CONNECT, false);
        assertThat(options.getKeepAlive().getIdle()).isEqualTo(KeepAliveOptions.DEFAULT_IDLE);
        assertThat(options.isEnableTcpUserTimeout()).isFalse();
    }
}
