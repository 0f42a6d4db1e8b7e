package io.r3mes.cache.cost;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.cost.RespReader.Message;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.testing.RedisProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Stands between nodes and one Redis server, and notes each command with its answer, in the order of the answers. A
 * command that a script runs inside Redis is none of them. Thread-safe.
 */
final class Tap implements AutoCloseable {

    private final int target;
    private final ServerSocket listener;
    private final List<Exchange> noted = new ArrayList<>(); // guarded by itself
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

    private Tap(int target) {
        this.target = target;
        try {
            this.listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Tap before(RedisProcess server) {
        Tap tap = new Tap(server.port());
        daemon(tap::accept);
        return tap;
    }

    RedisSettings settings() {
        return new RedisSettings(
                RedisSettings.Topology.STANDALONE,
                List.of(RedisURI.create("redis://127.0.0.1:" + listener.getLocalPort())),
                Duration.ofSeconds(5),
                null,
                null);
    }

    /** Forgets what was noted. */
    void reset() {
        synchronized (noted) {
            noted.clear();
        }
    }

    /** What nodes sent for their callers since the last reset. */
    List<Exchange> noted() {
        synchronized (noted) {
            return noted.stream().filter(Predicate.not(Exchange::isBackground)).toList();
        }
    }

    /** What log readers asked and got since the last reset. */
    List<Exchange> delivered() {
        synchronized (noted) {
            return noted.stream().filter(Exchange::isDelivery).toList();
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(server);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                Queue<Message> unanswered = new ConcurrentLinkedQueue<>();
                daemon(() -> relay(client, server, unanswered::add));
                daemon(() -> relay(server, client, answer -> note(unanswered, answer)));
            }
        } catch (IOException closed) {
            // The end of the test.
        }
    }

    private static void relay(Socket from, Socket to, Consumer<Message> noting) {
        try (from;
                to) {
            RespReader in = new RespReader(from.getInputStream());
            OutputStream out = to.getOutputStream();
            while (true) {
                Message message = in.next();
                noting.accept(message);
                out.write(message.bytes());
            }
        } catch (IOException closed) {
            // One of the two has gone, so the other goes as well.
        }
    }

    private void note(Queue<Message> unanswered, Message answer) {
        if (answer.isPush()) {
            return;
        }
        Message command = unanswered.remove();
        synchronized (noted) {
            noted.add(new Exchange(command.strings(), command.bytes().length, answer.bytes().length));
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "tap");
        thread.setDaemon(true);
        thread.start();
    }
}
