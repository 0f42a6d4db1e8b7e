package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.spi.Event;
import io.r3mes.cache.spi.Head;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The small parts of the engine: the server's clock, the decisions of a load, receipts. */
class SmallPartsTest {

    private final ServerClock clock = new ServerClock();

    @Test
    void serverClockIsZeroUntilItIsRead() {
        assertThat(clock.isKnown()).isFalse();
        assertThat(clock.earliest(99)).isZero();
        assertThat(clock.latest(99)).isZero();
    }

    @Test
    void serverClockBoundsThePresentFromBothSides() {
        // The server read its clock at some moment between 2 ms and 6 ms of this node's clock.
        clock.read(new Head(1, "r", 1, "", 1_000_000), millis(2), millis(6));
        assertThat(clock.isKnown()).isTrue();
        assertThat(clock.earliest(millis(10))).isEqualTo(1_004_000);
        assertThat(clock.latest(millis(10))).isEqualTo(1_008_000);
    }

    @Test
    void jitterShortensTheTtlByItsShareAtMost() {
        CachePolicy policy = expiring(Duration.ofSeconds(10), 0.2, 0);
        Random random = new Random(3);
        for (int i = 0; i < 1_000; i++) {
            assertThat(new LoadDecisions().ttl(policy, "value", random.nextDouble()))
                    .isBetween(Duration.ofSeconds(8), Duration.ofSeconds(10));
        }
        assertThat(new LoadDecisions().ttl(policy, "value", 0)).isEqualTo(Duration.ofSeconds(10));
        assertThat(new LoadDecisions().ttl(policy, "value", 0.5)).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void aTtlIsNeverJitteredToNothing() {
        CachePolicy policy = expiring(Duration.ofMillis(1), 0.5, 0);
        assertThat(new LoadDecisions().ttl(policy, "value", 0.999)).isEqualTo(Duration.ofMillis(1));
    }

    @Test
    void aLoaderDecidesTtlTagsAndStorage() {
        LoadDecisions decisions = new LoadDecisions();
        decisions.ttl(Duration.ofSeconds(2));
        decisions.tags("a", "b");
        decisions.tags("a");
        CachePolicy.Value nulls = new CachePolicy.Value(true, false, 100);
        CachePolicy.Value noNulls = new CachePolicy.Value(false, false, 100);
        assertThat(decisions.tags()).containsExactly("a", "b");
        assertThat(decisions.ttl(CachePolicy.of("c", "c"), "value", 0)).isEqualTo(Duration.ofSeconds(2));
        assertThat(decisions.stores("v", noNulls)).isTrue();
        assertThat(decisions.stores(null, noNulls)).isFalse();
        assertThat(decisions.stores(null, nulls)).isTrue();
        decisions.doNotStore();
        assertThat(decisions.stores("v", nulls)).isFalse();
    }

    @Test
    void refusesATtlThatNoEntryCanHave() {
        LoadDecisions decisions = new LoadDecisions();
        for (Duration ttl :
                List.of(Duration.ZERO, Duration.ofMillis(-1), Duration.ofNanos(1), Duration.ofDays(200_000))) {
            assertThatIllegalArgumentException().isThrownBy(() -> decisions.ttl(ttl));
        }
    }

    @Test
    void refusesATagThatNoEntryCanHave() {
        for (String tag : List.of("", "a\nb", "x".repeat(257))) {
            assertThatIllegalArgumentException().isThrownBy(() -> new LoadDecisions().tags(tag));
            assertThatIllegalArgumentException().isThrownBy(() -> EntryOptions.DEFAULT.withTags(tag));
        }
    }

    @Test
    void receiptTurnsFromPendingToAcknowledged() {
        Receipt receipt = receipt("a");
        assertThat(receipt.isPending()).isTrue();
        assertThat(receipt).hasToString("Invalidation[Keys[keys=[a]], pending]");
        assertThat(receipt.awaitEverywhere(Duration.ZERO)).isFalse();
        receipt.acknowledge(5);
        receipt.removed(2);
        receipt.removed().complete(99L);
        assertThat(receipt.position()).hasValue(5);
        assertThat(receipt.removed()).isCompletedWithValue(2L);
        assertThat(receipt).hasToString("Invalidation[Keys[keys=[a]], position=5]");
    }

    @Test
    void receiptOfSeveralPartsIsPendingWhileOneIs() {
        Receipt earlier = receipt("a");
        Receipt later = receipt("b");
        Several both = new Several(List.of(earlier, later), () -> 0);
        later.acknowledge(9);
        later.removed(1);
        assertThat(both.isPending()).isTrue();
        assertThat(both.awaitEverywhere(Duration.ZERO)).isFalse();
        earlier.acknowledge(8);
        earlier.removed(2);
        assertThat(both.position()).hasValue(9);
        assertThat(both.removed()).isCompletedWithValue(3L);
    }

    private static Receipt receipt(String key) {
        return new Receipt(new Event.Keys(List.of(key)), null);
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    private static CachePolicy expiring(Duration ttl, double jitter, double refreshAhead) {
        return CachePolicy.of("c", "c").withExpiry(new CachePolicy.Expiry(ttl, jitter, refreshAhead));
    }
}
