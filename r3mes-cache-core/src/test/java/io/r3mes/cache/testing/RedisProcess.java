package io.r3mes.cache.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisExecProvider;

/** A Redis process on one port of the loopback interface, which can be ended and started again. */
public final class RedisProcess implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(10);

    private final int port;
    private final List<String> arguments;
    private volatile @Nullable Process process;

    RedisProcess(int port, List<String> arguments) {
        this.port = port;
        this.arguments = List.copyOf(arguments);
    }

    public int port() {
        return port;
    }

    /** The URI with which the cache connects. */
    public String uri() {
        return uri(RedisUser.ANY);
    }

    public String uri(RedisUser user) {
        return "redis://" + user.authority() + "127.0.0.1:" + port;
    }

    /** The URI of the default user, who may do everything. */
    String adminUri() {
        return "redis://127.0.0.1:" + port;
    }

    public boolean isRunning() {
        return process != null;
    }

    /** Starts the process and waits until it answers. */
    public RedisProcess start() {
        return startWith();
    }

    /** The same, with settings for this life of the process only. */
    RedisProcess startWith(String... settings) {
        try {
            List<String> command = new ArrayList<>();
            command.add(RedisExecProvider.defaultProvider().get().getAbsolutePath());
            command.addAll(arguments);
            command.addAll(List.of(settings));
            Process started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
            process = started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await()
                .atMost(START_TIMEOUT)
                .pollInterval(Duration.ofMillis(10))
                .until(this::answers);
        return this;
    }

    /** Ends the process as a crash does. */
    public void kill() {
        Process running = process;
        if (running == null) {
            return;
        }
        process = null;
        running.destroyForcibly();
        try {
            if (!running.waitFor(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("The Redis process does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops the process from running without ending it: connections stay, answers do not come. */
    public void freeze() {
        signal("STOP");
    }

    /** Lets a frozen process run again. */
    public void thaw() {
        signal("CONT");
    }

    /** Ends the process and starts it again, empty, on the same port. */
    public void restart() {
        kill();
        start();
    }

    @Override
    public void close() {
        kill();
    }

    private void signal(String name) {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("The Redis process does not run");
        }
        Signals.send(running, name);
    }

    private boolean answers() {
        Process running = process;
        if (running != null && !running.isAlive()) {
            throw new IllegalStateException("Redis ended with code " + running.exitValue() + ": " + arguments);
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
            socket.setSoTimeout(1_000);
            OutputStream out = socket.getOutputStream();
            out.write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readNBytes(5), StandardCharsets.US_ASCII).equals("+PONG");
        } catch (IOException e) {
            return false;
        }
    }
}
