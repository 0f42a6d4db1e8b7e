package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.codec.JacksonValueCodec;
import io.r3mes.cache.memory.MemoryAdapter;
import io.r3mes.cache.metrics.RecordingMetrics;
import io.r3mes.cache.spi.Environment;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Head;
import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.LogEntry;
import java.time.Duration;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A value from a source that lags is judged by the records first, then by how far they reach back. */
class BackdatedStoreTest {

    private final Environment environment =
            new Environment(() -> 0, (delay, task) -> () -> {}, Runnable::run, new java.util.Random(1)::nextLong);
    private final MemoryAdapter memory = new MemoryAdapter(environment);
    private final Timeline timeline = new Timeline(1, Duration.ofSeconds(1), 0);
    private final RecordingMetrics metrics = new RecordingMetrics(List.of(), () -> 0, () -> 0);

    @Test
    void keepsNothingWhoseInvalidationIsForgottenWhileItIsJudged() {
        timeline.reset(new Head(1, "r", 100, "a", 0), 0);
        timeline.apply(new LogEntry(110, "b", "a", new Event.Tags(List.of("t"))));
        Subject subject = new Subject("c", "c:k", new ForgettingTags());
        Lease lease = new Lease("c:k", "token", Duration.ofSeconds(1));
        memory.remoteStore().takeOver(lease);

        boolean stored = entries()
                .store(
                        new Entries.Loaded("k", subject, 1, new LoadDecisions()),
                        lease,
                        new Entries.Birth(new Head(1, "r", 105, "a", 0), 0, 110))
                .join();

        assertThat(stored).isFalse();
        assertThat(memory.remoteStore().get("c:k").toCompletableFuture().join()).isNull();
    }

    private Entries entries() {
        CachePolicy policy = CachePolicy.of("c", "c:{id}");
        Node node = new Node(
                memory.remoteStore(),
                memory.invalidationLog(),
                memory.tagIndex(),
                environment,
                metrics,
                timeline,
                new ServerClock(),
                new AtomicLong(),
                new LoadingThreads());
        return new Entries(
                node,
                policy,
                new Near("c", null, timeline),
                new ValueFormat(Integer.class, policy.value(), new JacksonValueCodec(), null),
                metrics.cache("c", () -> 0));
    }

    /** While a reader looks at them, another event makes the timeline forget the one that covers them. */
    private final class ForgettingTags extends AbstractList<String> {

        @Override
        public Iterator<String> iterator() {
            timeline.apply(new LogEntry(120, "d", "b", new Event.Keys(List.of("other"))));
            return List.of("t").iterator();
        }

        @Override
        public String get(int index) {
            return "t";
        }

        @Override
        public int size() {
            return 1;
        }
    }
}
