package io.r3mes.cache.testing;

import static io.r3mes.cache.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.spi.Lease;
import io.r3mes.cache.spi.TagIndex;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link TagIndex} does. */
public abstract class TagIndexContract {

    private static final Duration LONG = Duration.ofMinutes(1);

    private Ports ports;
    private TagIndex tags;

    protected abstract Ports open();

    @BeforeEach
    void openPorts() {
        ports = open();
        tags = ports.tags();
    }

    @AfterEach
    void closePorts() {
        ports.close();
    }

    @Test
    void detachesNothingFromAnUnknownTag() {
        assertThat(result(tags.detach("user:w1"))).isNull();
    }

    @Test
    void listsTheMembersOfEachTag() {
        result(tags.add("user:info:w1", List.of("user:w1", "user"), LONG));
        result(tags.add("user:credits:w1", List.of("user:w1"), LONG));
        result(tags.add("user:credits:w1", List.of("user:w1"), LONG));
        result(tags.add("block:height", List.of(), LONG));
        assertThat(drain("user:w1", 10)).containsExactlyInAnyOrder("user:info:w1", "user:credits:w1");
        assertThat(drain("user", 10)).containsExactly("user:info:w1");
        assertThat(result(tags.detach("user:w1"))).isNull();
    }

    @Test
    void takesInBatches() {
        for (int i = 0; i < 25; i++) {
            result(tags.add("k" + i, List.of("t"), LONG));
        }
        String detached = result(tags.detach("t"));
        assertThat(detached).isNotNull();
        assertThat(result(tags.take(detached, 10))).hasSize(10);
        assertThat(result(tags.take(detached, 10))).hasSize(10);
        assertThat(result(tags.take(detached, 10))).hasSize(5);
        assertThat(result(tags.take(detached, 10))).isEmpty();
    }

    @Test
    void keepsLaterAdditionsOutOfADetachedSet() {
        result(tags.add("before", List.of("t"), LONG));
        String detached = result(tags.detach("t"));
        assertThat(detached).isNotNull();
        result(tags.add("after", List.of("t"), LONG));
        assertThat(result(tags.take(detached, 10))).containsExactly("before");
        assertThat(drain("t", 10)).containsExactly("after");
    }

    @Test
    void losesNoMemberWhileDetachedConcurrently() {
        List<String> drained = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            var added = tags.add("k" + i, List.of("t"), LONG);
            if (i % 10 == 0) {
                drained.addAll(drain("t", 7));
            }
            result(added);
        }
        drained.addAll(drain("t", 7));
        assertThat(drained).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void forgetsExpiredMembers() {
        result(tags.add("brief", List.of("t", "alone"), Duration.ofMillis(1)));
        awaitMillis(20);
        result(tags.add("long", List.of("t"), LONG));
        assertThat(drain("t", 10)).containsExactly("long");
        assertThat(result(tags.detach("alone"))).isNull();
    }

    @Test
    void keepsMembersAsLongAsTheLongestLives() {
        result(tags.add("long", List.of("t"), LONG));
        result(tags.add("brief", List.of("t"), Duration.ofMillis(1)));
        awaitMillis(20);
        assertThat(drain("t", 10)).contains("long");
    }

    /** Waits until a value that lives so long expires on the server. */
    private void awaitMillis(long millis) {
        Lease lease = new Lease("clock", "token", LONG);
        result(ports.store().takeOver(lease));
        result(ports.store().store(lease, new byte[0], Duration.ofMillis(millis)));
        Awaitility.await()
                .pollInterval(Duration.ofMillis(5))
                .until(() -> result(ports.store().get("clock")) == null);
    }

    private List<String> drain(String tag, int batch) {
        List<String> members = new ArrayList<>();
        String detached = result(tags.detach(tag));
        if (detached != null) {
            for (List<String> taken = result(tags.take(detached, batch));
                    !taken.isEmpty();
                    taken = result(tags.take(detached, batch))) {
                members.addAll(taken);
            }
        }
        return members;
    }
}
