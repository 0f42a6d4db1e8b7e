package io.r3mes.cache.scale;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.r3mes.cache.testing.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Another client of the same server, which asks for something small every millisecond and notes how long it waits. */
final class Probe implements AutoCloseable {

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final List<Long> waits = new ArrayList<>(); // guarded by this
    private final Thread thread = new Thread(this::ask, "probe");
    private volatile boolean ended;

    Probe(RedisProcess server) {
        client = RedisClient.create(RedisURI.create("127.0.0.1", server.port()));
        connection = client.connect();
        connection.sync().set("probe", "value");
        thread.start();
    }

    /** Percentiles in microseconds. */
    record Waits(int asked, long median, long p99, long longest) {

        @Override
        public String toString() {
            return "%6d asked, median %5d us, p99 %6d us, longest %7d us".formatted(asked, median, p99, longest);
        }
    }

    /** What it waited since it was asked last. */
    synchronized Waits waits() {
        List<Long> sorted = waits.stream().sorted().toList();
        waits.clear();
        int last = sorted.size() - 1;
        return last < 0
                ? new Waits(0, 0, 0, 0)
                : new Waits(sorted.size(), sorted.get(last / 2), sorted.get(last * 99 / 100), sorted.get(last));
    }

    private void ask() {
        for (boolean ping = true; !ended; ping = !ping) {
            long from = System.nanoTime();
            String answer = ping ? connection.sync().ping() : connection.sync().get("probe");
            long waited = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - from);
            synchronized (this) {
                if (answer != null) {
                    waits.add(waited);
                }
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() throws InterruptedException {
        ended = true;
        thread.join();
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
