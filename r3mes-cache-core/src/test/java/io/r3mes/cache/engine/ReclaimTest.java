package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.TagMembers;
import io.r3mes.cache.engine.Lab.LabNode;
import io.r3mes.cache.engine.Outage.Fault;
import io.r3mes.cache.spi.RemoteStore.Reclaimed;
import io.r3mes.cache.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How memory is reclaimed: what is kept, in which batches, and with which rests. */
class ReclaimTest {

    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}").withTags("all");

    private final Lab lab = new Lab();

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void entriesYoungerThanTheInvalidationStayMembers() {
        LabNode node = lab.node(POLICY);
        Cache<String, Integer> cache = node.engine().cache("c", Integer.class);
        cache.get("a", (id, context) -> 1);
        cache.get("b", (id, context) -> 1);
        node.outage().beforeNext("detach", () -> cache.get("a", (id, context) -> 2));
        Invalidation receipt = node.engine().invalidator().invalidateByTag("all");
        assertThat(receipt.removed()).isCompletedWithValue(1L);
        assertThat(cache.getIfPresent("a").orElse(null)).isEqualTo(2);
        TagMembers members = node.engine().invalidator().members("all");
        assertThat(members.keys()).containsExactly("c:a");
        assertThat(members.count()).hasValue(1);
        assertThat(node.engine().invalidator().invalidateByTag("all").removed()).isCompletedWithValue(1L);
    }

    @Test
    void entriesThatATagNamesAreRemovedAndListedWithoutAnIndex() {
        CachePolicy policy = CachePolicy.of("c", "c:{id}").withTags("own:{id}");
        LabNode node = lab.node(policy);
        Cache<String, Integer> cache = node.engine().cache("c", Integer.class);
        node.outage().begin(Fault.LOST, "add");
        cache.get("a", (id, context) -> 1);
        cache.get("b", (id, context) -> {
            context.tags("own:a");
            return 1;
        });
        node.outage().end();
        assertThat(node.engine().invalidator().members("own:a")).isEqualTo(members("own:a", "c:a"));
        assertThat(node.engine().invalidator().members("own:a", 0).count()).hasValue(1);
        node.outage().beforeNext("unlinkBornBefore", () -> cache.get("a", (id, context) -> 2));
        assertThat(node.engine().invalidator().invalidateByTag("own:a").removed())
                .as("a younger entry stays")
                .isCompletedWithValue(0L);
        assertThat(node.engine().invalidator().members("own:a")).isEqualTo(members("own:a", "c:a"));
        assertThat(node.engine().invalidator().invalidateByTag("own:a").removed())
                .isCompletedWithValue(1L);
        assertThat(node.engine().invalidator().members("own:a")).isEqualTo(members("own:a"));
    }

    @Test
    void entriesThatATagNamesAreListedBesideThoseOfTheIndex() {
        LabNode node = lab.node(CachePolicy.of("c", "c:{id}").withTags("own:{id}"));
        Cache<String, Integer> cache = node.engine().cache("c", Integer.class);
        cache.get("a", (id, context) -> 1);
        cache.get("b", (id, context) -> {
            context.tags("own:a");
            return 1;
        });
        assertThat(node.engine().invalidator().members("own:a").keys()).containsExactlyInAnyOrder("c:a", "c:b");
        assertThat(node.engine().invalidator().members("own:a", 1).keys()).hasSize(1);
        assertThat(node.engine().invalidator().members("own:a", 1).count()).hasValue(2);
        assertThat(node.engine().invalidator().invalidateByTag("own:a").removed())
                .isCompletedWithValue(2L);
    }

    @Test
    void entriesOfALostGenerationAreNoMembers() {
        LabNode node = lab.node(POLICY);
        Cache<String, Integer> cache = node.engine().cache("c", Integer.class);
        cache.set("a", 1);
        assertThat(node.engine().invalidator().members("all").keys()).containsExactly("c:a");
        lab.loseMetadata();
        lab.time.advance(Duration.ofSeconds(1));
        assertThat(cache.getIfPresent("a").isHit()).isFalse();
        assertThat(node.engine().invalidator().members("all").keys()).isEmpty();
    }

    @Test
    void membersAreNotKnownWithoutAnAnswer() {
        LabNode node = lab.node(POLICY);
        node.engine().<String, Integer>cache("c", Integer.class).set("a", 1);
        for (String operation : List.of("members", "births")) {
            node.outage().begin(Fault.LOST, operation);
            TagMembers unknown = node.engine().invalidator().members("all");
            assertThat(unknown.isKnown()).isFalse();
            assertThat(unknown.keys()).isEmpty();
            node.outage().end();
        }
        assertThat(node.engine().invalidator().members("all").isKnown()).isTrue();
    }

    @Test
    void anEntryThatCannotBeRemovedDoesNotEndTheReclaim() {
        LabNode node = lab.node(POLICY);
        Cache<String, Integer> cache = node.engine().cache("c", Integer.class);
        for (int i = 0; i < 600; i++) {
            cache.set("k" + i, 1);
        }
        node.outage().beforeNext("unlinkBornBefore", () -> node.outage().begin(Fault.LOST, "unlinkBornBefore"));
        node.outage().beforeNext("scan", () -> node.outage().end());
        assertThat(node.engine().invalidator().invalidateByTag("all").removed()).isCompletedWithValue(0L);
        assertThat(node.engine().invalidator().invalidateCache("c").removed()).isCompletedWithValue(600L);
    }

    @Test
    void batchesAreBoundedAndSmallerForLargeValues() {
        BatchSize size = new BatchSize();
        assertThat(size.size()).isEqualTo(BatchSize.MOST);
        size.learn(List.of(removed(100), removed(300), Reclaimed.NOTHING));
        assertThat(size.size()).isEqualTo(BatchSize.MOST);
        size.learn(List.of(removed(64 << 10), Reclaimed.kept(Duration.ofSeconds(1))));
        assertThat(size.size()).isEqualTo(64);
        size.learn(List.of(removed(1 << 20)));
        assertThat(size.size()).isEqualTo(8);
        size.learn(List.of(Reclaimed.NOTHING));
        assertThat(size.size()).isEqualTo(8);
        size.learn(List.of(removed(0)));
        assertThat(size.size()).isEqualTo(BatchSize.MOST);
    }

    @Test
    void stepsGoOneAtATimeAndRestAsLongAsTheyTook() {
        FakeTime time = new FakeTime();
        Turns turns = turns(time);
        List<String> begun = new ArrayList<>();
        List<CompletableFuture<String>> steps = new ArrayList<>();
        List<CompletableFuture<String>> results = new ArrayList<>();
        for (String name : List.of("first", "second", "third")) {
            CompletableFuture<String> step = new CompletableFuture<>();
            steps.add(step);
            results.add(turns.next(() -> {
                begun.add(name);
                return step;
            }));
        }
        assertThat(begun).containsExactly("first");
        time.advance(Duration.ofMillis(20));
        steps.get(0).complete("1");
        assertThat(results.get(0)).isCompletedWithValue("1");
        time.advance(Duration.ofMillis(19));
        assertThat(begun).containsExactly("first");
        time.advance(Duration.ofMillis(1));
        assertThat(begun).containsExactly("first", "second");
        steps.get(1).completeExceptionally(new IllegalStateException("away"));
        assertThat(results.get(1)).isCompletedExceptionally();
        assertThat(begun).as("no rest after no time").containsExactly("first", "second", "third");
        time.advance(Duration.ofMinutes(1));
        steps.get(2).complete("3");
        time.advance(Duration.ofMillis(100));
        assertThat(turns.next(() -> CompletableFuture.completedFuture("4"))).isCompletedWithValue("4");
    }

    @Test
    void aStepThatThrowsPassesTheTurnOn() {
        Turns turns = turns(new FakeTime());
        assertThat(turns.<String>next(() -> {
                    throw new IllegalStateException("broken");
                }))
                .isCompletedExceptionally();
        assertThat(turns.next(() -> CompletableFuture.completedFuture("on"))).isCompletedWithValue("on");
    }

    @Test
    void stepsThatWaitAreBoundedAndEndWithTheCache() {
        Turns turns = turns(new FakeTime());
        CompletableFuture<String> endless = new CompletableFuture<>();
        List<CompletableFuture<String>> results = new ArrayList<>();
        for (int i = 0; i < 1_001; i++) {
            results.add(turns.next(() -> endless));
        }
        assertThat(results).noneMatch(CompletableFuture::isDone);
        CompletableFuture<String> refused = turns.next(() -> endless);
        assertThat(refused).isCompletedExceptionally();
        assertThat(Await.failure(refused)).isInstanceOf(RejectedExecutionException.class);
        turns.close();
        assertThat(results.get(0)).isNotDone();
        assertThat(results.subList(1, 1_001)).allMatch(CompletableFuture::isCompletedExceptionally);
        endless.complete("done");
        assertThat(results.get(0)).isCompletedWithValue("done");
        assertThat(turns.next(() -> endless)).isCompletedExceptionally();
    }

    private static TagMembers members(String tag, String... keys) {
        return new TagMembers(tag, OptionalLong.of(keys.length), List.of(keys));
    }

    private static Turns turns(FakeTime time) {
        return new Turns(time.environment(1));
    }

    private static Reclaimed removed(long bytes) {
        return new Reclaimed(true, bytes, Duration.ZERO);
    }
}
