package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.InvalidationLog.Append;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Nothing that the log holds, or a port does, ends the following of the log. */
class LogFollowerFailureTest {

    @Test
    void goesOnReadingAfterAnEventItCannotRecord() {
        AtomicInteger reads = new AtomicInteger();
        try (EngineFixture nodes = new EngineFixture()) {
            CacheEngine node = nodes.start(
                    EngineFixture.policy(),
                    EngineFixture.letThrough(),
                    (method, arguments) -> {
                        if (method.equals("read")) {
                            reads.incrementAndGet();
                        }
                        return null;
                    },
                    nodes.threads);
            nodes.shared.invalidationLog().append(Append.of(new Event.Pattern("*a".repeat(40)), 0));
            int before = reads.get();
            Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> reads.get() > before);
            assertThat(node.status().connected()).isTrue();
        }
    }
}
