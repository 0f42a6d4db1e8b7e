package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Callers whose invalidations Redis did not acknowledge, beside the one run that sends them again. */
@Tag("interleavings")
class PendingInterleavingsTest {

    @Test
    void queuesAsIfOneCallerCameAfterTheOther() {
        Interleavings.explore(
                Callers.class,
                Queue.class,
                new Interleavings.Script(
                        List.of(add(1)),
                        List.of(add(2), add(3)),
                        List.of(add(4), Interleavings.step(Callers.class, "size")),
                        List.of(
                                Interleavings.step(Callers.class, "first"),
                                Interleavings.step(Callers.class, "acknowledged"))));
    }

    @Test
    void queuesAsIfOneCallerCameAfterTheOtherAtFullSpeed() {
        Interleavings.stress(Callers.class, Queue.class);
    }

    private static Actor add(int key) {
        return Interleavings.step(Callers.class, "add", key);
    }

    /** One caller for each key at a time; a queue for two. */
    @Param(name = "key", gen = IntGen.class, conf = "0:9")
    public static final class Callers {

        private final Timeline timeline = new Timeline(10, Duration.ofSeconds(1), 0);
        private final PendingInvalidations pending = new PendingInvalidations(2, timeline, null);
        private Receipt sent;

        @Operation
        public void add(@Param(name = "key") int key) {
            pending.add(new Receipt(new Event.Keys(List.of("" + key)), null));
        }

        @Operation(nonParallelGroup = "replay")
        public String first() {
            sent = pending.batch(1).stream().findFirst().orElse(null);
            return sent == null ? "" : text(sent.event());
        }

        @Operation(nonParallelGroup = "replay")
        public void acknowledged() {
            if (sent != null) {
                sent.acknowledge(1);
                pending.remove(sent);
            }
        }

        @Operation
        public boolean covers(@Param(name = "key") int key) {
            return timeline.isCovered(new Subject("c", "" + key, List.of()), 0);
        }

        @Operation
        public int size() {
            return pending.size();
        }

        private static String text(Event event) {
            return event instanceof Event.Keys named ? named.keys().get(0) : "all";
        }
    }

    /** The same, for one thread. */
    public static final class Queue {

        private final List<Sending> queue = new ArrayList<>();
        private Sending sent;

        public void add(int key) {
            queue.add(new Sending("" + key));
            if (queue.size() > 2) {
                queue.clear();
                queue.add(new Sending("all"));
            }
        }

        public String first() {
            sent = queue.isEmpty() ? null : queue.get(0);
            return sent == null ? "" : sent.text;
        }

        public void acknowledged() {
            Sending acknowledged = sent;
            queue.removeIf(each -> each == acknowledged);
        }

        public boolean covers(int key) {
            return queue.stream().anyMatch(each -> each.text.equals("all") || each.text.equals("" + key));
        }

        public int size() {
            return queue.size();
        }

        /** Known by its identity: two sendings of the same text are two. */
        private static final class Sending {

            private final String text;

            Sending(String text) {
                this.text = text;
            }
        }
    }
}
