package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Callers whose invalidations Redis did not acknowledge, beside the one run that sends them again. */
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

        private final PendingInvalidations pending = new PendingInvalidations(2);
        private Receipt sent;

        @Operation
        public String add(@Param(name = "key") int key) {
            return text(pending.add(new Receipt(new Event.Keys(List.of("" + key)), null), null));
        }

        @Operation(nonParallelGroup = "replay")
        public String first() {
            sent = pending.batch(1).stream().findFirst().orElse(null);
            return sent == null ? "" : text(sent.event());
        }

        @Operation(nonParallelGroup = "replay")
        public String acknowledged() {
            return sent == null
                    ? ""
                    : String.join(
                            ",",
                            pending.remove(sent).stream()
                                    .map(released -> text(released.event()))
                                    .toList());
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

        private final Deque<Sending> queue = new ArrayDeque<>();
        private Sending sent;

        public String add(int key) {
            Sending one = new Sending("" + key, new ArrayList<>());
            if (queue.size() < 2) {
                queue.add(one);
                return one.text();
            }
            Sending all = new Sending("all", new ArrayList<>());
            queue.forEach(each -> all.instead().add(each.text()));
            all.instead().add(one.text());
            queue.forEach(each -> each.instead().clear());
            queue.clear();
            queue.add(all);
            return all.text();
        }

        public String first() {
            sent = queue.peek();
            return sent == null ? "" : sent.text();
        }

        public String acknowledged() {
            if (sent == null) {
                return "";
            }
            Sending acknowledged = sent;
            queue.removeIf(each -> each == acknowledged);
            List<String> released = List.copyOf(acknowledged.instead());
            acknowledged.instead().clear();
            return String.join(",", released);
        }

        public int size() {
            return queue.size();
        }

        /** Known by its identity: two sendings of the same text are two. */
        private static final class Sending {

            private final String text;
            private final List<String> instead;

            Sending(String text, List<String> instead) {
                this.text = text;
                this.instead = instead;
            }

            String text() {
                return text;
            }

            List<String> instead() {
                return instead;
            }
        }
    }
}
