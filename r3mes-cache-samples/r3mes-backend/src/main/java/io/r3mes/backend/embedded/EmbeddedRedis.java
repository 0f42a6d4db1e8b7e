package io.r3mes.backend.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisExecProvider;

/**
 * A Redis server on a loopback port that keeps nothing on disk. It runs as a daemon: the terminal's interrupt reaches the
 * application alone, which still finds its Redis while it shuts down.
 */
final class EmbeddedRedis implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(10);
    private static final int TIMEOUT_MILLIS = 1000;

    private final int port;

    private EmbeddedRedis(int port) {
        this.port = port;
    }

    /** Starts on a free port. */
    static EmbeddedRedis start() {
        return start(freePort());
    }

    static EmbeddedRedis start(int port) {
        EmbeddedRedis redis = new EmbeddedRedis(port);
        try {
            redis.launch();
        } catch (IOException failed) {
            throw new IllegalStateException(
                    "The embedded Redis does not start on this machine. Set SPRING_DATA_REDIS_URL to a server of your own."
                            + " Supported are Linux and macOS on amd64 and arm64.",
                    failed);
        }
        return redis;
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** Returns when the server no longer answers. */
    @Override
    public void close() {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (ask("SHUTDOWN NOSAVE") != null && System.nanoTime() < deadline) {
            pause();
        }
        while (ask("PING") != null && System.nanoTime() < deadline) {
            pause();
        }
    }

    private void launch() throws IOException {
        new ProcessBuilder(
                        RedisExecProvider.defaultProvider().get().getAbsolutePath(),
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--appendonly",
                        "no",
                        "--daemonize",
                        "yes")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!"+PONG".equals(ask("PING"))) {
            if (System.nanoTime() > deadline) {
                throw new IOException("Redis does not answer on port " + port + " within " + START_LIMIT);
            }
            pause();
        }
    }

    /** The first line of the answer, or null without one. */
    private @Nullable String ask(String command) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write((command + "\r\n").getBytes(US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
        } catch (IOException unreachable) {
            return null;
        }
    }

    private static void pause() {
        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
}
