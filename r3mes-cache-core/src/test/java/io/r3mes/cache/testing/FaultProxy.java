package io.r3mes.cache.testing;

import io.r3mes.cache.testing.ProxiedConnection.Way;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on the loopback interface, in front of one server, whose faults are switched while it runs. Thread-safe.
 *
 * <p>What a fault holds back is not lost: it arrives once the fault is over, as late packets do.
 */
public final class FaultProxy implements AutoCloseable {

    private final int target;
    private final ServerSocket listener;
    private final List<ProxiedConnection> connections = new CopyOnWriteArrayList<>();
    private final List<Long> acceptedAt = new CopyOnWriteArrayList<>();
    private final AtomicInteger ordinals = new AtomicInteger();
    private final Object change = new Object();
    private volatile List<Injected> injected = List.of();
    private volatile boolean refusing;
    private volatile boolean closed;

    private FaultProxy(int target) {
        this.target = target;
        try {
            this.listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static FaultProxy before(RedisProcess server) {
        return before(server.port());
    }

    public static FaultProxy before(int port) {
        FaultProxy proxy = new FaultProxy(port);
        daemon("proxy-accept", proxy::accept);
        return proxy;
    }

    public int port() {
        return listener.getLocalPort();
    }

    public String uri() {
        return "redis://127.0.0.1:" + port();
    }

    /** What happens to the bytes of a connection. */
    public sealed interface Fault {

        /** Every byte arrives later, in order, by the base and a random share of the jitter. */
        record Latency(Duration base, Duration jitter) implements Fault {}

        /** No more than so many bytes pass in a second. */
        record Bandwidth(long bytesPerSecond) implements Fault {}

        /** Takes what is sent and passes nothing on, as a half-open connection does. */
        record Stall() implements Fault {}

        /** Takes nothing any more, so that the sender's buffers fill. */
        record Deafness() implements Fault {}

        /** Passes so many bytes, then breaks the connection off, in the middle of a message if need be. */
        record CutAfter(long bytes) implements Fault {}
    }

    /**
     * Which connections a fault concerns.
     *
     * @param command only those that have sent this command, or null
     * @param existing only those that are open when the fault begins
     * @param ways the directions
     */
    public record Scope(@Nullable String command, boolean existing, Set<Way> ways) {

        public static final Scope ALL = new Scope(null, false, EnumSet.allOf(Way.class));

        /** Connections that follow the invalidation log. */
        public static final Scope FOLLOWERS = ALL.thatSent("XREAD");

        public Scope thatSent(String name) {
            return new Scope(name, existing, ways);
        }

        public Scope openNow() {
            return new Scope(command, true, ways);
        }

        public Scope towards(Way first, Way... more) {
            return new Scope(command, existing, EnumSet.of(first, more));
        }
    }

    /** Begins a fault, in addition to those there are. */
    public void inject(Fault fault, Scope scope) {
        synchronized (change) {
            Injected added = new Injected(fault, scope, ordinals.get(), new AtomicLong());
            Injected[] all = Arrays.copyOf(injected.toArray(Injected[]::new), injected.size() + 1);
            all[all.length - 1] = added;
            injected = List.of(all);
            change.notifyAll();
        }
    }

    /** Ends all faults; what they held back arrives. */
    public void heal() {
        synchronized (change) {
            injected = List.of();
            refusing = false;
            change.notifyAll();
        }
    }

    /** Resets the connections that are open now. */
    public void reset(Scope scope) {
        connections.stream()
                .filter(each -> scope.command() == null || each.hasSent(scope.command()))
                .forEach(ProxiedConnection::reset);
    }

    /** Resets every connection as soon as it is opened, until {@link #heal}. */
    public void refuse() {
        refusing = true;
    }

    /** When connections were opened, also those that were refused; of {@link System#nanoTime}. */
    public List<Long> acceptedAt() {
        return List.copyOf(acceptedAt);
    }

    public int openConnections() {
        return connections.size();
    }

    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connections.forEach(ProxiedConnection::reset);
        heal();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listener.accept();
                acceptedAt.add(System.nanoTime());
                if (refusing) {
                    ProxiedConnection.reset(client);
                } else {
                    open(client);
                }
            } catch (IOException ended) {
                if (!closed) {
                    throw new UncheckedIOException(ended);
                }
            }
        }
    }

    private void open(Socket client) throws IOException {
        Socket server;
        try {
            server = new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException unreachable) {
            ProxiedConnection.reset(client);
            return;
        }
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        ProxiedConnection connection = new ProxiedConnection(this, ordinals.incrementAndGet(), client, server);
        connections.add(connection);
        connection.start(() -> connections.remove(connection));
        if (closed) {
            connection.reset();
        }
    }

    static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    List<Injected> faults(ProxiedConnection connection, Way way) {
        List<Injected> all = injected;
        return all.isEmpty()
                ? all
                : all.stream().filter(each -> each.concerns(connection, way)).toList();
    }

    /** Waits while a fault of that kind concerns the connection. */
    void awaitWithout(Class<? extends Fault> kind, ProxiedConnection connection, Way way) throws InterruptedException {
        synchronized (change) {
            while (!closed
                    && !connection.isEnded()
                    && faults(connection, way).stream().anyMatch(each -> kind.isInstance(each.fault()))) {
                change.wait(100);
            }
        }
    }

    /**
     * A fault under way.
     *
     * @param newest the connection opened last when it began
     * @param passed bytes that went through since
     */
    record Injected(Fault fault, Scope scope, int newest, AtomicLong passed) {

        private boolean concerns(ProxiedConnection connection, Way way) {
            String command = scope.command();
            return scope.ways().contains(way)
                    && (!scope.existing() || connection.ordinal() <= newest)
                    && (command == null || connection.hasSent(command));
        }
    }
}
