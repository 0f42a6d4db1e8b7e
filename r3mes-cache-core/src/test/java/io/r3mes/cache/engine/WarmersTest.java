package io.r3mes.cache.engine;

import static io.r3mes.cache.engine.Outage.Fault.LOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.CacheWarmer;
import io.r3mes.cache.WarmStatus;
import io.r3mes.cache.WarmTask;
import io.r3mes.cache.WarmTask.Cause;
import io.r3mes.cache.engine.Lab.LabNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WarmersTest {

    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}");

    private final Lab lab = new Lab();
    private final List<WarmTask.Trigger> runs = new ArrayList<>();
    private final LabNode node = lab.node(POLICY);
    private final CacheWarmer warmer = node.engine().warmer();

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void runsStartupTasksOnceWhenItStarts() {
        warmer.register(task("startup", true, null));
        warmer.register(task("idle", false, null));
        assertThat(runs).isEmpty();
        assertThat(warmer.start()).isCompleted();
        assertThat(warmer.start()).isCompleted();
        assertThat(runs).extracting(WarmTask.Trigger::cause).containsExactly(Cause.STARTUP);
    }

    @Test
    void oneNodeOfTheClusterRunsAPeriodicTask() {
        CacheWarmer other = lab.node(POLICY).engine().warmer();
        warmer.register(task("periodic", false, PERIOD));
        other.register(task("periodic", false, PERIOD));
        warmer.start();
        lab.time.advance(Duration.ofSeconds(3));
        other.start();
        lab.time.advance(PERIOD.multipliedBy(10));
        assertThat(runs).hasSizeBetween(9, 11).allMatch(run -> run.cause() == Cause.SCHEDULE);
    }

    @Test
    void anotherNodeGoesOnWhenTheFirstStops() {
        CacheWarmer other = lab.node(POLICY).engine().warmer();
        warmer.register(task("periodic", false, PERIOD));
        other.register(task("periodic", false, PERIOD));
        warmer.start();
        other.start();
        lab.time.advance(PERIOD);
        warmer.stop();
        runs.clear();
        lab.time.advance(PERIOD.multipliedBy(5));
        assertThat(runs).hasSizeBetween(4, 5);
    }

    @Test
    void handsAnEventToTheTasksThatListenForItsType() {
        warmer.register(new WarmTask("numbers", false, null, Set.of(Number.class), runs::add));
        warmer.register(new WarmTask("texts", false, null, Set.of(String.class), runs::add));
        assertThat(warmer.onEvent(5).join()).extracting(WarmStatus::task).containsExactly("numbers");
        assertThat(runs).containsExactly(new WarmTask.Trigger(Cause.EVENT, 5));
        assertThat(warmer.onEvent('x').join()).isEmpty();
    }

    @Test
    void reportsAFailureAndKeepsTheSchedule() {
        warmer.register(new WarmTask("failing", false, PERIOD, Set.of(), trigger -> {
            runs.add(trigger);
            if (runs.size() <= 2) {
                throw new IllegalStateException("source is down");
            }
        }));
        warmer.start();
        lab.time.advance(PERIOD.multipliedBy(2));
        WarmStatus failed = warmer.status().get(0);
        assertThat(failed.runs()).isEqualTo(2);
        assertThat(failed.failures()).isEqualTo(2);
        assertThat(failed.lastFailure()).contains("source is down");
        lab.time.advance(PERIOD);
        WarmStatus healthy = warmer.status().get(0);
        assertThat(healthy.runs()).isEqualTo(3);
        assertThat(healthy.lastFailure()).isNull();
        assertThat(healthy.lastRun()).isNotNull();
    }

    @Test
    void reportsAnErrorLikeAFailure() {
        warmer.register(new WarmTask("broken", true, null, Set.of(), trigger -> {
            throw new NoClassDefFoundError("Missing");
        }));
        assertThat(warmer.start()).isCompleted();
        assertThat(warmer.warm("broken").join().failures()).isEqualTo(2);
        assertThat(warmer.status().get(0).lastFailure()).contains("Missing");
    }

    @Test
    void startsAgainAfterAStop() {
        warmer.register(task("periodic", true, PERIOD));
        for (int round = 0; round < 3; round++) {
            runs.clear();
            warmer.start();
            lab.time.advance(PERIOD.plusSeconds(1));
            assertThat(runs).extracting(WarmTask.Trigger::cause).containsExactly(Cause.STARTUP, Cause.SCHEDULE);
            warmer.stop();
            warmer.stop();
            lab.time.advance(PERIOD.multipliedBy(3));
            assertThat(runs).hasSize(2);
        }
    }

    @Test
    void schedulesATaskThatIsRegisteredLater() {
        warmer.start();
        warmer.register(task("late", true, PERIOD));
        lab.time.advance(PERIOD);
        assertThat(runs).extracting(WarmTask.Trigger::cause).containsExactly(Cause.SCHEDULE);
    }

    @Test
    void runsOnCallWhatNeedsNoEvent() {
        warmer.register(task("startup", true, null));
        warmer.register(task("periodic", false, PERIOD));
        warmer.register(new WarmTask("listening", false, null, Set.of(String.class), runs::add));
        assertThat(warmer.warmAll().join()).hasSize(2);
        assertThat(warmer.warm("listening").join().runs()).isEqualTo(1);
        assertThat(runs).hasSize(3).allMatch(run -> run.cause() == Cause.CALL);
    }

    @Test
    void skipsAPeriodWhileTheStoreIsAway() {
        warmer.register(task("periodic", false, PERIOD));
        warmer.start();
        node.outage().begin(LOST, "acquire");
        lab.time.advance(PERIOD);
        assertThat(runs).isEmpty();
        node.outage().end();
        lab.time.advance(PERIOD);
        assertThat(runs).hasSize(1);
    }

    @Test
    void repeatsARunWhoseValueCouldNotBeCached() {
        Cache<String, Integer> cache = node.engine().cache("c", Integer.class);
        warmer.register(new WarmTask("startup", true, null, Set.of(), trigger -> {
            runs.add(trigger);
            cache.get("1", (id, context) -> 7);
        }));
        node.outage().begin(LOST, "store");
        warmer.start();
        assertThat(warmer.status().get(0).lastFailure()).contains("not cached");
        lab.time.advance(Duration.ofMillis(150));
        assertThat(runs).hasSize(2);
        node.outage().end();
        lab.time.advance(Duration.ofMillis(200));
        assertThat(cache.getIfPresent("1").orElse(0)).isEqualTo(7);
        assertThat(warmer.status().get(0).lastFailure()).isNull();
        lab.time.advance(Duration.ofMinutes(5));
        assertThat(runs).hasSize(3).allMatch(run -> run.cause() == Cause.STARTUP);
    }

    @Test
    void repeatsAtStartUpUntilTheLogWasReached() {
        Outage outage = new Outage();
        outage.begin(LOST, "beat");
        LabNode late = lab.node(outage, Lab.Parts.USUAL, POLICY);
        Cache<String, Integer> cache = late.engine().cache("c", Integer.class);
        late.engine().warmer().register(new WarmTask("startup", true, null, Set.of(), trigger -> {
            runs.add(trigger);
            cache.get("1", (id, context) -> 7);
        }));
        late.engine().warmer().start();
        outage.end();
        lab.time.advance(Duration.ofSeconds(1));
        assertThat(runs).hasSize(2);
        assertThat(cache.getIfPresent("1").orElse(0)).isEqualTo(7);
    }

    @Test
    void repeatsNothingAfterItWasStopped() {
        warmer.register(new WarmTask("startup", true, null, Set.of(), trigger -> {
            runs.add(trigger);
            node.engine().<String, Integer>cache("c", Integer.class).get("1", (id, context) -> 7);
        }));
        node.outage().begin(LOST);
        warmer.start();
        warmer.stop();
        lab.time.advance(Duration.ofMinutes(1));
        assertThat(runs).hasSize(1);
    }

    @Test
    void refusesUnknownAndDuplicateNames() {
        warmer.register(task("once", false, null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> warmer.register(task("once", false, null)))
                .withMessageContaining("'once' already");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> warmer.warm("nobody"))
                .withMessageContaining("nobody")
                .withMessageContaining("once");
        assertThatIllegalArgumentException().isThrownBy(() -> task("bad", false, Duration.ZERO));
    }

    private WarmTask task(String name, boolean onStartup, Duration every) {
        return new WarmTask(name, onStartup, every, Set.of(), runs::add);
    }
}
