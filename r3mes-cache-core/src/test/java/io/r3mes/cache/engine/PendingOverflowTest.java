package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.memory.MemoryAdapter;
import io.r3mes.cache.metrics.RecordingMetrics;
import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.spi.Event;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** An invalidation of everything stands only for the invalidations that it replaced. */
class PendingOverflowTest {

    @Test
    void acknowledgementOfAnEarlierInvalidationOfEverythingReleasesNothingElse() {
        try (EngineFixture nodes = new EngineFixture()) {
            Everywhere everywhere = new Everywhere(node(nodes), "self");
            PendingInvalidations pending = new PendingInvalidations(2);
            Receipt all = new Receipt(new Event.All(), everywhere);
            pending.add(all, everywhere);
            pending.add(new Receipt(new Event.Keys(List.of("a")), everywhere), everywhere);
            Receipt last = new Receipt(new Event.Keys(List.of("b")), everywhere);
            assertThat(pending.add(last, everywhere)).isInstanceOf(Event.All.class);

            assertThat(pending.remove(all)).isEmpty();

            Receipt replacing = pending.batch(1).get(0);
            assertThat(replacing).isNotNull();
            assertThat(pending.remove(replacing)).contains(last);
        }
    }

    private static Node node(EngineFixture nodes) {
        Environment environment = new Environment(System::nanoTime, (delay, task) -> () -> {}, nodes.threads, () -> 1L);
        MemoryAdapter shared = nodes.shared;
        RecordingMetrics metrics = new RecordingMetrics(List.of(), environment.clock(), environment.random()::nextInt);
        return new Node(
                shared.remoteStore(),
                shared.invalidationLog(),
                shared.tagIndex(),
                environment,
                metrics,
                new Timeline(10, Duration.ofSeconds(1), 0),
                new ServerClock(),
                new AtomicLong());
    }
}
