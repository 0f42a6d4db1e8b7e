package io.r3mes.cache.testing;

import io.r3mes.cache.testing.FaultProxy.Fault;
import io.r3mes.cache.testing.FaultProxy.Injected;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One connection through a {@link FaultProxy}: for each way a thread that takes bytes and one that passes them on. */
public final class ProxiedConnection {

    private static final Pattern COMMAND = Pattern.compile("\\*\\d+\r\n\\$\\d+\r\n([A-Za-z]+)\r\n");
    private static final int CHUNK = 16_384;
    private static final int MOST_CHUNKS = 4_096;
    private static final Chunk END = new Chunk(new byte[0], 0);

    private final FaultProxy proxy;
    private final int ordinal;
    private final Socket client;
    private final Socket server;
    private final Set<String> commands = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    ProxiedConnection(FaultProxy proxy, int ordinal, Socket client, Socket server) {
        this.proxy = proxy;
        this.ordinal = ordinal;
        this.client = client;
        this.server = server;
    }

    /** The direction of bytes. */
    public enum Way {
        TO_SERVER,
        TO_CLIENT
    }

    void start(Runnable onEnd) {
        AtomicInteger running = new AtomicInteger(2);
        for (Way way : Way.values()) {
            BlockingQueue<Chunk> queue = new ArrayBlockingQueue<>(MOST_CHUNKS);
            FaultProxy.daemon("proxy-take-" + ordinal, () -> take(way, queue));
            FaultProxy.daemon("proxy-pass-" + ordinal, () -> {
                pass(way, queue);
                if (running.decrementAndGet() == 0) {
                    onEnd.run();
                }
            });
        }
    }

    int ordinal() {
        return ordinal;
    }

    boolean hasSent(String command) {
        return commands.contains(command);
    }

    boolean isEnded() {
        return ended;
    }

    void reset() {
        ended = true;
        reset(client);
        reset(server);
    }

    static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException closed) {
            // It is gone already, which is what a reset is for.
        }
    }

    private void take(Way way, BlockingQueue<Chunk> queue) {
        Socket from = way == Way.TO_SERVER ? client : server;
        byte[] buffer = new byte[CHUNK];
        try {
            while (!ended) {
                proxy.awaitWithout(Fault.Deafness.class, this, way);
                int length = from.getInputStream().read(buffer);
                if (length < 0) {
                    break;
                }
                byte[] bytes = Arrays.copyOf(buffer, length);
                if (way == Way.TO_SERVER) {
                    recognise(bytes);
                }
                proxy.awaitWithout(Fault.Deafness.class, this, way);
                queue.put(new Chunk(bytes, System.nanoTime() + latency(way)));
            }
            queue.put(END);
        } catch (IOException | InterruptedException gone) {
            if (!queue.offer(END)) {
                reset();
            }
        }
    }

    private void pass(Way way, BlockingQueue<Chunk> queue) {
        Socket to = way == Way.TO_SERVER ? server : client;
        try {
            for (Chunk chunk = queue.take(); !chunk.isLast(); chunk = queue.take()) {
                for (long left = chunk.due() - System.nanoTime();
                        left > 0 && !ended;
                        left = chunk.due() - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                proxy.awaitWithout(Fault.Stall.class, this, way);
                write(to, chunk.bytes(), way);
            }
            proxy.awaitWithout(Fault.Stall.class, this, way);
            to.close();
            (way == Way.TO_SERVER ? client : server).close();
        } catch (IOException | InterruptedException gone) {
            reset();
        }
        ended = true;
    }

    private void write(Socket to, byte[] bytes, Way way) throws IOException {
        long allowed = bytes.length;
        for (Injected each : proxy.faults(this, way)) {
            if (each.fault() instanceof Fault.CutAfter cut) {
                long before = each.passed().getAndAdd(bytes.length);
                allowed = Math.min(allowed, Math.max(0, cut.bytes() - before));
            } else if (each.fault() instanceof Fault.Bandwidth narrow) {
                LockSupport.parkNanos(bytes.length * Duration.ofSeconds(1).toNanos() / narrow.bytesPerSecond());
            }
        }
        to.getOutputStream().write(bytes, 0, (int) allowed);
        if (allowed < bytes.length) {
            to.close();
            reset();
        }
    }

    private long latency(Way way) {
        long nanos = 0;
        for (Injected each : proxy.faults(this, way)) {
            if (each.fault() instanceof Fault.Latency late) {
                nanos += late.base().toNanos()
                        + ThreadLocalRandom.current().nextLong(late.jitter().toNanos() + 1);
            }
        }
        return nanos;
    }

    private void recognise(byte[] bytes) {
        Matcher found = COMMAND.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        while (found.find()) {
            commands.add(found.group(1).toUpperCase(Locale.ROOT));
        }
    }

    private record Chunk(byte[] bytes, long due) {

        boolean isLast() {
            return bytes.length == 0;
        }
    }
}
