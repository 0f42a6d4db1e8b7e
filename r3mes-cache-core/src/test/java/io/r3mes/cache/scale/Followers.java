package io.r3mes.cache.scale;

import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.r3mes.cache.redis.RedisAdapter;
import io.r3mes.cache.redis.RedisNamespace;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.LogEntry;
import io.r3mes.cache.testing.Await;
import io.r3mes.cache.testing.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/** As many nodes as one likes, as far as the server can tell: adapters of one namespace that share their threads. */
final class Followers implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final int BATCH = 512;

    private final ClientResources resources = DefaultClientResources.create();
    private final List<RedisAdapter> adapters = new ArrayList<>();
    private final AtomicLong received = new AtomicLong();
    private volatile boolean ended;

    Followers(RedisProcess server, int count) {
        RedisSettings settings = new RedisSettings(
                RedisSettings.Topology.STANDALONE, List.of(RedisURI.create(server.uri())), PATIENCE, null, resources);
        for (int i = 0; i < count; i++) {
            adapters.add(RedisAdapter.create(settings, RedisNamespace.of("scale")));
        }
        adapters.forEach(adapter -> Await.result(adapter.connect()));
    }

    RedisAdapter adapter(int index) {
        return adapters.get(index);
    }

    InvalidationLog log(int index) {
        return adapter(index).invalidationLog();
    }

    int count() {
        return adapters.size();
    }

    /** Lets all of them wait for events, as nodes do. */
    void follow() {
        long head = Await.result(log(0).head(0)).position();
        adapters.forEach(adapter -> read(adapter.invalidationLog(), head));
    }

    /** How many events all of them together have received. */
    long received() {
        return received.get();
    }

    void awaitReceived(long events) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(200, TimeUnit.MICROSECONDS)
                .until(() -> received() >= events);
    }

    private void read(InvalidationLog log, long after) {
        if (ended) {
            return;
        }
        log.read(after, BATCH, WAIT).thenAccept((List<LogEntry> entries) -> {
            read(
                    log,
                    entries.isEmpty() ? after : entries.get(entries.size() - 1).position());
            received.addAndGet(entries.size());
        });
    }

    @Override
    public void close() {
        ended = true;
        adapters.forEach(RedisAdapter::close);
        resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
