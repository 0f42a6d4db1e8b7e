package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.OnFailover;
import io.r3mes.cache.fault.Workload.Member;
import io.r3mes.cache.testing.RedisSentinel;
import io.r3mes.cache.testing.RedisServers;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** F6, F7 and F9: a master dies or is demoted, and its replica takes over, up to date or not. */
class FailoverTest {

    private static final Duration GENEROUS = Duration.ofSeconds(15);

    private final RedisSentinel group = RedisServers.sentinel();
    private final Workload workload = new Workload(TestNodes.on(Arena.settings(group.uri())));

    @AfterEach
    void close() {
        workload.close();
        group.close();
    }

    @Test
    void goesOnWithAReplicaThatIsUpToDate() {
        List<Member> members = start(OnFailover.REPLAY);
        workload.pauseWriting(true);
        workload.keepOn(Duration.ofMillis(100));
        group.link().awaitCaughtUp();
        long loadsBefore = workload.loads();
        group.killMaster();
        long loads = workload.loads() - loadsBefore;
        workload.pauseWriting(false);
        Duration back = workload.settle();
        Duration drained = workload.drain();
        workload.keepOn(Duration.ofMillis(300));
        workload.assertLoadsOnce();
        workload.assertPromises();
        record("F6", "replica up to date: Redis in use after the promotion", "<= 2 s", back);
        record("F6", "replica up to date: everything acknowledged after that", "", drained);
        record("F6", "replica up to date: loads while there was no master", "", loads);
        record(
                "F6",
                "replica up to date: largest staleness of the near cache",
                "<= 500 ms",
                workload.history.largestStaleness());
        record("F6", "replica up to date: invalidations sent again by each node", "", replays(members));
        assertThat(back).isLessThan(GENEROUS);
    }

    @Test
    void replaysWhatTheReplicaNeverGot() {
        List<Member> members = start(OnFailover.REPLAY);
        loseInvalidations();
        workload.history.excuse();
        group.killMaster();
        long promotedAt = System.nanoTime();
        workload.awaitUntil(
                () -> members.stream().noneMatch(each -> each.source().replays().isEmpty()));
        workload.settle();
        workload.drain();
        long position = workload.writeOnce(members.get(0), "0").position().orElseThrow();
        for (Member member : members) {
            assertThat(member.node().awaitApplied(position, GENEROUS)).isTrue();
        }
        workload.history.endExcuse();
        Duration replayed = Duration.ofNanos(System.nanoTime() - promotedAt);
        workload.keepOn(Form.of(Duration.ofMillis(500), Duration.ofSeconds(10)));
        workload.assertLoadsOnce();
        workload.assertPromises();
        record("F7", "lost invalidations, replay: complete after the promotion", "", replayed);
        record("F7", "lost invalidations, replay: stale reads after that", "0", 0);
        record("F7", "lost invalidations, replay: stale reads before", "", workload.history.excused());
        record("F7", "lost invalidations, replay: sent again by each node", "", replays(members));
        assertThat(members)
                .anySatisfy(each -> assertThat(each.source().replays()).anyMatch(sent -> sent > 0));
    }

    @Test
    void fencesWhatTheReplicaNeverGot() {
        start(OnFailover.FENCE);
        loseInvalidations();
        group.killMaster();
        Duration back = workload.settle();
        workload.drain();
        workload.keepOn(Form.of(Duration.ofMillis(500), Duration.ofSeconds(10)));
        workload.assertLoadsOnce();
        workload.assertPromises();
        record("F7", "lost invalidations, fence: stale reads", "0", 0);
        record("F7", "lost invalidations, fence: trusted again after the promotion", "", back);
    }

    @Test
    void followsADemotedMaster() {
        List<Member> members = start(OnFailover.REPLAY);
        long since = System.nanoTime();
        group.handOver();
        Duration handedOver = Duration.ofNanos(System.nanoTime() - since);
        Duration back = workload.settle();
        Duration drained = workload.drain();
        workload.keepOn(Duration.ofMillis(300));
        workload.assertLoadsOnce();
        workload.assertPromises();
        record("F9", "master demoted: hand-over of the servers", "", handedOver);
        record("F9", "master demoted: invalidations acknowledged again after that", "<= 2 s", back.plus(drained));
        record(
                "F9",
                "master demoted: largest staleness of the near cache",
                "<= 500 ms",
                workload.history.largestStaleness());
        record("F9", "master demoted: invalidations sent again by each node", "", replays(members));
        assertThat(back.plus(drained)).isLessThan(GENEROUS);
    }

    private List<Member> start(OnFailover policy) {
        List<Member> members = List.of(
                workload.join(builder -> builder.onFailover(policy)),
                workload.join(builder -> builder.onFailover(policy)));
        workload.run();
        workload.keepOn(Duration.ofMillis(300));
        return members;
    }

    /** What is acknowledged from now on never reaches the replica, and some of it is. */
    private void loseInvalidations() {
        group.link().awaitCaughtUp();
        group.link().cut();
        long before = workload.history.acknowledged();
        workload.keepOn(Duration.ofMillis(300));
        assertThat(workload.history.acknowledged()).isGreaterThan(before);
    }

    private static List<List<Integer>> replays(List<Member> members) {
        return members.stream().map(each -> each.source().replays()).toList();
    }

    private static void record(String row, String what, String promised, Object measured) {
        Figures.record(row, what, promised, measured);
    }
}
