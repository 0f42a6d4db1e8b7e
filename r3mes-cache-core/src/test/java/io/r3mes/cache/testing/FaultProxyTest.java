package io.r3mes.cache.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r3mes.cache.testing.FaultProxy.Fault;
import io.r3mes.cache.testing.FaultProxy.Scope;
import io.r3mes.cache.testing.ProxiedConnection.Way;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultProxyTest {

    private static final String PING = "*1\r\n$4\r\nPING\r\n";
    private static final String PONG = "+PONG\r\n";
    private static final String XREAD =
            "*6\r\n$5\r\nXREAD\r\n$5\r\nBLOCK\r\n$1\r\n1\r\n$7\r\nSTREAMS\r\n$1\r\ns\r\n$1\r\n0\r\n";

    private final RedisProcess redis = RedisServers.standalone();
    private final FaultProxy proxy = FaultProxy.before(redis);

    @AfterEach
    void close() {
        proxy.close();
        redis.close();
    }

    @Test
    void passesBytesOn() throws IOException {
        try (Socket one = connect();
                Socket other = connect()) {
            assertThat(ask(one, PING)).isEqualTo(PONG);
            assertThat(ask(other, PING.repeat(3_000))).startsWith(PONG);
        }
        Awaitility.await().until(() -> proxy.openConnections() == 0);
    }

    @Test
    void delaysEachWay() throws IOException {
        try (Socket client = connect()) {
            proxy.inject(new Fault.Latency(Duration.ofMillis(60), Duration.ofMillis(20)), Scope.ALL);
            assertThat(nanosOf(client))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(120).toNanos());
            proxy.heal();
            assertThat(ask(client, PING)).isEqualTo(PONG);
        }
    }

    @Test
    void narrowsTheBandwidth() throws IOException {
        try (Socket client = connect()) {
            proxy.inject(new Fault.Bandwidth(100), Scope.ALL.towards(Way.TO_CLIENT));
            assertThat(nanosOf(client))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(70).toNanos());
        }
    }

    @Test
    void stallHoldsBackUntilHealed() throws IOException {
        for (Way way : Way.values()) {
            try (Socket client = connect()) {
                proxy.inject(new Fault.Stall(), Scope.ALL.towards(way));
                staysSilent(client);
                proxy.heal();
                assertThat(answer(client)).isEqualTo(PONG);
            }
        }
    }

    @Test
    void stallOfOpenConnectionsSparesNewOnes() throws IOException {
        try (Socket old = connect()) {
            assertThat(ask(old, PING)).isEqualTo(PONG);
            proxy.inject(new Fault.Stall(), Scope.ALL.openNow());
            try (Socket later = connect()) {
                assertThat(ask(later, PING)).isEqualTo(PONG);
            }
            staysSilent(old);
        }
    }

    @Test
    void deafnessFillsTheBuffersOfTheSender() throws IOException {
        try (Socket client = connect()) {
            assertThat(ask(client, PING)).isEqualTo(PONG);
            proxy.inject(new Fault.Deafness(), Scope.ALL.towards(Way.TO_SERVER));
            Thread writer = new Thread(() -> {
                try {
                    for (int i = 0; i < 10_000; i++) {
                        client.getOutputStream().write(new byte[16_384]);
                    }
                } catch (IOException closed) {
                    // The test is over.
                }
            });
            writer.start();
            staysSilent(client);
            assertThat(writer.isAlive()).isTrue();
        }
    }

    @Test
    void concernsOnlyConnectionsThatSentTheCommand() throws IOException {
        try (Socket follower = connect();
                Socket other = connect()) {
            proxy.inject(new Fault.Stall(), Scope.FOLLOWERS);
            assertThat(ask(other, PING)).isEqualTo(PONG);
            assertThat(ask(follower, PING)).isEqualTo(PONG);
            follower.getOutputStream().write(XREAD.getBytes(StandardCharsets.US_ASCII));
            staysSilent(follower);
            assertThat(ask(other, PING)).isEqualTo(PONG);
        }
    }

    @Test
    void resetsConnections() throws IOException {
        try (Socket client = connect()) {
            assertThat(ask(client, PING)).isEqualTo(PONG);
            proxy.reset(Scope.ALL);
            assertThatThrownBy(() -> ask(client, PING)).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void cutsInTheMiddleOfAMessage() throws IOException {
        try (Socket client = connect()) {
            proxy.inject(new Fault.CutAfter(3), Scope.ALL.towards(Way.TO_CLIENT));
            client.getOutputStream().write(PING.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(client.getInputStream().readNBytes(3), StandardCharsets.US_ASCII))
                    .isEqualTo("+PO");
            assertThat(client.getInputStream().read()).isNegative();
        }
    }

    @Test
    void refusesUntilHealed() throws IOException {
        proxy.refuse();
        try (Socket refused = connect()) {
            assertThatThrownBy(() -> ask(refused, PING)).isInstanceOf(SocketException.class);
        }
        proxy.heal();
        try (Socket client = connect()) {
            assertThat(ask(client, PING)).isEqualTo(PONG);
        }
        assertThat(proxy.acceptedAt()).hasSize(2);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static long nanosOf(Socket client) throws IOException {
        long before = System.nanoTime();
        assertThat(ask(client, PING)).isEqualTo(PONG);
        return System.nanoTime() - before;
    }

    private static void staysSilent(Socket client) throws IOException {
        client.setSoTimeout(200);
        assertThatThrownBy(() -> ask(client, PING)).isInstanceOf(SocketTimeoutException.class);
        client.setSoTimeout(10_000);
    }

    private static String ask(Socket client, String command) throws IOException {
        client.getOutputStream().write(command.getBytes(StandardCharsets.US_ASCII));
        return answer(client);
    }

    private static String answer(Socket client) throws IOException {
        return new String(client.getInputStream().readNBytes(PONG.length()), StandardCharsets.US_ASCII);
    }
}
