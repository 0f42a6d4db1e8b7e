package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.testing.RedisProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * The commands that a server receives from its clients. {@code MONITOR} names them; {@code INFO commandstats} would count
 * those that scripts run as well.
 */
final class ReceivedCommands {

    private static final int WAIT_MILLIS = 30_000;

    private ReceivedCommands() {}

    /**
     * How many the server received for each call, to the hundredth. What it receives in the same time while nobody calls
     * is not counted.
     *
     * @param work makes all calls
     */
    static double perCall(RedisProcess redis, int calls, Throughput.Work work) throws Exception {
        long from = System.nanoTime();
        long busy = during(redis, work);
        long nanos = System.nanoTime() - from;
        long idle = during(redis, () -> LockSupport.parkNanos(nanos));
        return Math.rint(100.0 * (busy - idle) / calls) / 100;
    }

    private static long during(RedisProcess redis, Throughput.Work work) throws Exception {
        try (Socket monitor = connect(redis);
                Socket other = connect(redis)) {
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(monitor.getInputStream(), StandardCharsets.UTF_8));
            send(monitor, "MONITOR");
            lines.readLine();
            work.run();
            String last = "end-" + UUID.randomUUID();
            send(other, "ECHO " + last);
            return receivedUntil(last, lines);
        }
    }

    private static long receivedUntil(String last, BufferedReader lines) throws IOException {
        long received = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.contains(last)) {
                return received;
            }
            if (!line.contains(" lua] ")) {
                received++;
            }
        }
        throw new IOException("Redis ended");
    }

    private static Socket connect(RedisProcess redis) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port());
        socket.setSoTimeout(WAIT_MILLIS);
        return socket;
    }

    private static void send(Socket socket, String command) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
    }
}
