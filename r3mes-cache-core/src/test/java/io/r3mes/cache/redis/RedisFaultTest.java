package io.r3mes.cache.redis;

import static io.r3mes.cache.testing.Await.failure;
import static io.r3mes.cache.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisURI;
import io.lettuce.core.protocol.CommandType;
import io.r3mes.cache.redis.RedisSettings.Topology;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.InvalidationLog;
import io.r3mes.cache.spi.InvalidationLog.Append;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.RemoteStore;
import io.r3mes.cache.testing.RedisProcess;
import io.r3mes.cache.testing.RedisServers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What operations do while Redis is away, and when it is back. */
class RedisFaultTest {

    private static final Duration TIMEOUT = Duration.ofMillis(400);

    /** What a loaded machine may add. */
    private static final Duration MARGIN = Duration.ofMillis(800);

    private static final Lease LEASE = new Lease("user:info:w1", "token", Duration.ofMinutes(1));

    private final RedisProcess server = RedisServers.prepared();
    private final RedisAdapter adapter = RedisAdapter.create(settings(TIMEOUT), RedisNamespace.of("test"));
    private final RemoteStore store = adapter.remoteStore();
    private final InvalidationLog log = adapter.invalidationLog();

    @AfterEach
    void close() {
        adapter.close();
        server.close();
    }

    @Test
    void failsAtOnceUntilRedisAppears() {
        for (Supplier<CompletionStage<?>> operation : operations()) {
            CompletionStage<?> stage = operation.get();
            assertThat(stage.toCompletableFuture()).isDone();
            assertThat(failure(stage)).isInstanceOf(RedisUnavailableException.class);
        }
        server.start();
        Awaitility.await().untilAsserted(this::everythingWorks);
    }

    @Test
    void failsInTimeWhileRedisIsDeadAndRecovers() {
        server.start();
        result(adapter.connect());
        everythingWorks();
        for (int round = 0; round < 2; round++) {
            server.kill();
            everythingFailsInTime();
            server.start();
            Awaitility.await().atMost(Duration.ofSeconds(6)).untilAsserted(this::everythingWorks);
        }
    }

    @Test
    void failsInTimeWhileRedisHangsAndRecovers() {
        server.start();
        result(adapter.connect());
        everythingWorks();
        server.freeze();
        everythingFailsInTime();
        server.thaw();
        Awaitility.await().untilAsserted(this::everythingWorks);
    }

    @Test
    void waitingReadOutlivesTheCommandTimeout() {
        server.start();
        result(adapter.connect());
        long position = result(log.head(0)).position();
        long before = System.nanoTime();
        assertThat(result(log.read(position, 10, TIMEOUT.multipliedBy(3)))).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(TIMEOUT.multipliedBy(2));
    }

    @Test
    void waitingReadFailsInTimeWhileRedisHangs() {
        server.start();
        result(adapter.connect());
        long position = result(log.head(0)).position();
        server.freeze();
        failsWithin(() -> log.read(position, 10, TIMEOUT), TIMEOUT.multipliedBy(2));
        server.thaw();
    }

    @Test
    void waitingReadDelaysNoOtherOperation() {
        server.start();
        result(adapter.connect());
        long position = result(log.head(0)).position();
        CompletableFuture<?> reading =
                log.read(position, 10, Duration.ofSeconds(8)).toCompletableFuture();
        everythingWorks();
        assertThat(result(reading)).isNotNull();
    }

    @Test
    void readsOnAfterTheConnectionIsLost() {
        server.start();
        result(adapter.connect());
        long position = result(log.head(0)).position();
        CompletableFuture<?> reading =
                log.read(position, 10, Duration.ofMillis(300)).toCompletableFuture();
        RedisServers.command(
                server, redis -> redis.clientKill(KillArgs.Builder.typeNormal().skipme()));
        Awaitility.await().until(reading::isDone);
        Awaitility.await().until(() -> failure(log.append(Append.of(new Event.All(), 0))) == null);
        Awaitility.await().until(() -> {
            CompletionStage<?> again = log.read(position, 10, Duration.ofMillis(300));
            return failure(again) == null && !((List<?>) result(again)).isEmpty();
        });
    }

    @Test
    void neverRepeatsAnOperationAfterAReconnect() {
        server.start();
        RedisAdapter patient = RedisAdapter.create(settings(Duration.ofSeconds(5)), RedisNamespace.of("patient"));
        try {
            result(patient.connect());
            result(patient.remoteStore().unlink("k"));
            RedisServers.command(server, redis -> {
                RedisServers.send(redis, CommandType.CLIENT, "PAUSE", "60000", "WRITE");
                CompletionStage<Void> taken =
                        patient.remoteStore().takeOver(new Lease("k", "token", Duration.ofMinutes(1)));
                Awaitility.await().until(() -> redis.info("clients").contains("blocked_clients:1"));
                redis.clientKill(KillArgs.Builder.typeNormal().skipme());
                RedisServers.send(redis, CommandType.CLIENT, "UNPAUSE");
                Awaitility.await().until(() -> failure(patient.remoteStore().get("k")) == null);
                assertThat(failure(taken)).isNotNull();
                assertThat(redis.exists("{patient:k}:lease")).isZero();
                return true;
            });
        } finally {
            patient.close();
        }
    }

    @Test
    void failsOnceClosed() {
        server.start();
        result(adapter.connect());
        adapter.close();
        for (Supplier<CompletionStage<?>> operation : operations()) {
            assertThat(failure(operation.get())).isNotNull();
        }
    }

    private void everythingWorks() {
        operations().forEach(operation -> assertThat(failure(operation.get())).isNull());
    }

    private void everythingFailsInTime() {
        operations().forEach(operation -> failsWithin(operation, TIMEOUT));
    }

    private static void failsWithin(Supplier<CompletionStage<?>> operation, Duration limit) {
        long before = System.nanoTime();
        CompletionStage<?> stage = operation.get();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(MARGIN);
        assertThat(failure(stage)).isNotNull();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(limit.plus(MARGIN));
    }

    private List<Supplier<CompletionStage<?>>> operations() {
        return Stream.<Supplier<CompletionStage<?>>>of(
                        () -> store.get("k"),
                        () -> store.getAll(List.of("k", "l")),
                        () -> store.acquire(LEASE),
                        () -> store.takeOver(LEASE),
                        () -> store.store(LEASE, new byte[1], Duration.ofMinutes(1)),
                        () -> store.unlink("k"),
                        () -> store.scan("", null),
                        () -> log.head(0),
                        () -> log.append(Append.of(new Event.All(), 0)),
                        () -> log.marks(List.of("t"), 0),
                        () -> log.read(0, 10, Duration.ZERO),
                        () -> log.nodes(),
                        () -> log.leave("n"),
                        () -> adapter.tagIndex().add("k", List.of("t"), Duration.ofMinutes(1)),
                        () -> adapter.tagIndex().detach("t"),
                        () -> adapter.tagIndex().take("{test}:members:t:1", 1))
                .toList();
    }

    private RedisSettings settings(Duration timeout) {
        return new RedisSettings(Topology.STANDALONE, List.of(RedisURI.create(server.uri())), timeout, null, null);
    }
}
