package io.r3mes.cache.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes of two releases, whose value classes differ, share their entries. */
class RollingDeployTest {

    private static final int ENTRIES = 200;
    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}").withLocal(CachePolicy.Local.OFF);

    private static final CachePolicy STRICT = CachePolicy.of("strict", "strict:{id}")
            .withLocal(CachePolicy.Local.OFF)
            .withValue(new CachePolicy.Value(true, false, 1 << 20, Duration.ofSeconds(30), 1_000, true));

    private final TestNodes nodes = TestNodes.inMemory();
    private final CacheManager before = nodes.start(POLICY, STRICT);
    private final CacheManager after = nodes.start(POLICY, STRICT);

    /** The class of the release before. */
    record Account(String name, double amount, List<String> labels) {}

    /** The same class after it was changed. */
    interface Changed {

        record Added(String name, double amount, List<String> labels, String currency, Integer limit) {}

        record AddedPrimitive(String name, double amount, List<String> labels, int limit) {}

        record Removed(String name) {}

        record Renamed(String title, double amount, List<String> labels) {}

        record Split(Name name, double amount, List<String> labels) {}

        record Whole(String name, long amount, List<String> labels) {}

        record Single(String name, double amount, String labels) {}

        record Name(String first, String last) {}
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void anAddedFieldIsMissingInWhatTheOthersStored() {
        int hits = hitsOf(Changed.Added.class, account(7), new Changed.Added("name 7", 7.5, List.of("x"), null, null));
        Figures.record(
                "F13", "field added: hits of reads of what the old release stored", ">= 90 %", hits + " of " + ENTRIES);
        assertThat(hits).isEqualTo(ENTRIES);
    }

    @Test
    void aRemovedFieldIsPassedOver() {
        int hits = hitsOf(Changed.Removed.class, account(7), new Changed.Removed("name 7"));
        Figures.record(
                "F13",
                "field removed: hits of reads of what the old release stored",
                ">= 90 %",
                hits + " of " + ENTRIES);
        assertThat(hits).isEqualTo(ENTRIES);
    }

    @Test
    void theOldReleaseReadsWhatTheNewOneStores() {
        Cache<String, Changed.Added> there = after.cache("c", Changed.Added.class);
        there.set("k", new Changed.Added("name", 1, List.of(), "EUR", 5));
        Cache<String, Account> here = before.cache("c", Account.class);
        assertThat(here.getIfPresent("k").orElse(null)).isEqualTo(new Account("name", 1, List.of()));
    }

    /** Nothing in the bytes tells a field that was renamed from one that was added beside one that was removed. */
    @Test
    void aRenamedFieldIsMissingToo() {
        hitsOf(Changed.Renamed.class, account(7), new Changed.Renamed(null, 7.5, List.of("x")));
    }

    @Test
    void aRenamedFieldIsACountedMissWhereTheSchemaIsStrict() {
        Cache<String, Account> here = before.cache("strict", Account.class);
        Cache<String, Changed.Renamed> there = after.cache("strict", Changed.Renamed.class);
        here.set("k", account(7));
        assertThat(there.getIfPresent("k").isHit()).isFalse();
        assertThat(after.metrics().stats("strict").loads().unreadable()).isEqualTo(1);
        Changed.Renamed loaded = new Changed.Renamed("name 7", 7.5, List.of("x"));
        assertThat(there.get("k", (id, context) -> loaded)).isEqualTo(loaded);
        assertThat(there.getIfPresent("k").orElse(null)).isEqualTo(loaded);
        assertThat(here.getIfPresent("k").isHit()).isFalse();
    }

    @Test
    void anAddedFieldIsMissingWhereTheSchemaIsStrict() {
        Cache<String, Account> here = before.cache("strict", Account.class);
        Cache<String, Changed.Added> there = after.cache("strict", Changed.Added.class);
        here.set("k", account(7));
        assertThat(there.getIfPresent("k").orElse(null))
                .isEqualTo(new Changed.Added("name 7", 7.5, List.of("x"), null, null));
    }

    @Test
    void whatDoesNotFitIsACountedMissAndReplaced() {
        misses(Changed.AddedPrimitive.class, new Changed.AddedPrimitive("name", 1.5, List.of(), 5));
        misses(Changed.Split.class, new Changed.Split(new Changed.Name("a", "b"), 1.5, List.of()));
        misses(Changed.Whole.class, new Changed.Whole("name", 1, List.of()));
        misses(Changed.Single.class, new Changed.Single("name", 1.5, "x"));
    }

    /** Stores with the old class and reads with the new one; one of the values must be the expected one. */
    private <T> int hitsOf(Class<T> changed, Account seventh, T expected) {
        Cache<String, Account> here = before.cache("c", Account.class);
        IntStream.range(0, ENTRIES).forEach(i -> here.set("id-" + i, i == 7 ? seventh : account(i)));
        Cache<String, T> there = after.cache("c", changed);
        assertThat(there.getIfPresent("id-7").orElse(null)).isEqualTo(expected);
        return (int) IntStream.range(0, ENTRIES)
                .filter(i -> there.getIfPresent("id-" + i).isHit())
                .count();
    }

    private <T> void misses(Class<T> changed, T loaded) {
        Cache<String, Account> here = before.cache("c", Account.class);
        here.set("k", account(7));
        Cache<String, T> there = after.cache("c", changed);
        long unreadable = unreadable();
        assertThat(there.getIfPresent("k").isHit()).as(changed.getSimpleName()).isFalse();
        assertThat(unreadable()).isEqualTo(unreadable + 1);
        assertThat(there.get("k", (id, context) -> loaded)).isEqualTo(loaded);
        assertThat(there.getIfPresent("k").orElse(null)).isEqualTo(loaded);
    }

    private long unreadable() {
        return after.metrics().stats("c").loads().unreadable();
    }

    private static Account account(int i) {
        return new Account("name " + i, i + 0.5, List.of("x"));
    }
}
