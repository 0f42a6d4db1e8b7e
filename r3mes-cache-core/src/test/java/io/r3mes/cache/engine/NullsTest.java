package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.CachePolicy.Expiry;
import io.r3mes.cache.CachePolicy.Local;
import io.r3mes.cache.CachePolicy.Value;
import io.r3mes.cache.TagMembers;
import io.r3mes.cache.engine.Lab.LabNode;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long and how many nulls are cached. */
class NullsTest {

    private static final Duration NULL_TTL = Duration.ofSeconds(20);
    private static final int MOST = 5;
    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}")
            .withTags("t:{id}", "all")
            .withExpiry(new Expiry(Duration.ofMinutes(5), 0, 0))
            .withLocal(new Local(true, 10, Duration.ofHours(1)))
            .withValue(new Value(true, false, 1 << 20, NULL_TTL, MOST));

    private final Lab lab = new Lab();
    private final AtomicInteger loads = new AtomicInteger();
    private LabNode node = lab.node(POLICY);

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void aNullLivesForItsOwnTtlNearAndInRedis() {
        read("k", null);
        read("v", 1);
        lab.time.advance(NULL_TTL.minusMillis(1));
        read("k", null);
        assertThat(loads).hasValue(2);
        lab.time.advance(Duration.ofMillis(1));
        assertThat(lab.bytes("c:k")).isNull();
        read("k", null);
        read("v", 1);
        assertThat(loads).hasValue(3);
    }

    @Test
    void aNullLivesNoLongerThanAValue() {
        node = lab.node(POLICY.withTtl(Duration.ofSeconds(1)));
        read("k", null);
        lab.time.advance(Duration.ofSeconds(1));
        read("k", null);
        assertThat(loads).hasValue(2);
    }

    @Test
    void nullsPushNoValueOutOfTheNearCache() {
        IntStream.range(0, 8).forEach(i -> read("hot" + i, i));
        IntStream.range(0, 200).forEach(i -> read("missing" + i, null));
        node.outage().forget();
        IntStream.range(0, 8).forEach(i -> read("hot" + i, i));
        assertThat(node.outage().sent()).doesNotContain("get");
    }

    @Test
    void aNodePutsNoMoreNullsIntoRedisThanLiveThereAtOnce() {
        IntStream.range(0, 20).forEach(i -> read("k" + i, null));
        assertThat(stored()).isEqualTo(MOST);
        assertThat(loads).hasValue(20);
        read("k19", null);
        assertThat(loads).as("not cached").hasValue(21);
        assertThat(lab.hold("c:k19", Duration.ofSeconds(1)))
                .as("no lease is left")
                .isTrue();
        lab.time.advance(NULL_TTL);
        IntStream.range(0, 20).forEach(i -> read("k" + i, null));
        assertThat(stored()).isEqualTo(MOST);
    }

    @Test
    void aNullIsNotListedUnderItsTagsButInvalidatedWithThem() {
        read("k", null);
        assertThat(node.outage().sent()).doesNotContain("add");
        for (String tag : List.of("t:k", "all")) {
            assertThat(node.engine().invalidator().members(tag))
                    .isEqualTo(new TagMembers(tag, OptionalLong.of(0), List.of()));
        }
        node.engine().invalidator().invalidateByTag("t:k");
        read("k", null);
        assertThat(loads).hasValue(2);
        read("v", 1);
        assertThat(node.outage().sent()).contains("add");
    }

    @Test
    void aValueTakesThePlaceOfANullAndTheOtherWayRound() {
        read("k", null);
        assertThat(cache().<RuntimeException>refresh("k", (id, context) -> 7)).isEqualTo(7);
        read("k", 7);
        assertThat(node.engine().metrics().stats("c").localEntries()).isEqualTo(1);
        assertThat(cache().<RuntimeException>refresh("k", (id, context) -> null))
                .isNull();
        read("k", null);
        assertThat(node.engine().metrics().stats("c").localEntries()).isEqualTo(1);
        assertThat(loads).hasValue(1);
    }

    @Test
    void aNullIsLoadedAheadByTheShareOfItsOwnTtl() {
        CachePolicy ahead = POLICY.withExpiry(new Expiry(Duration.ofMinutes(5), 0, 0.2));
        node = lab.node(ahead);
        LabNode other = lab.node(ahead);
        read("k", null);
        node = other;
        IntStream.range(0, 5).forEach(i -> read("k", null));
        assertThat(loads).hasValue(1);
        lab.time.advance(NULL_TTL.multipliedBy(4).dividedBy(5));
        read("k", null);
        assertThat(loads).hasValue(2);
    }

    private long stored() {
        return IntStream.range(0, 20).filter(i -> lab.bytes("c:k" + i) != null).count();
    }

    private void read(String id, Integer value) {
        assertThat(cache().<RuntimeException>get(id, (wanted, context) -> {
                    loads.incrementAndGet();
                    return value;
                }))
                .isEqualTo(value);
    }

    private Cache<String, Integer> cache() {
        return node.engine().cache("c", Integer.class);
    }
}
