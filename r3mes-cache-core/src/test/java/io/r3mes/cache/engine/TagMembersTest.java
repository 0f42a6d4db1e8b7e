package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.TagMembers;
import io.r3mes.cache.testing.TestNodes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the members of a tag are, on each backend. */
@ParameterizedClass
@EnumSource(Backend.class)
class TagMembersTest {

    private static final String TAG = "all-c";

    private final TestNodes nodes;
    private final Cache<String, Integer> cache;
    private final CacheManager here;
    private final CacheManager there;
    private final CacheInvalidator invalidator;

    TagMembersTest(Backend backend) {
        nodes = backend.open();
        CachePolicy policy = CachePolicy.of("c", "c:{id}").withTags("t:{id}", TAG);
        here = Backend.start(nodes, policy);
        there = Backend.start(nodes, policy);
        cache = here.cache("c", Integer.class);
        invalidator = here.invalidator();
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void areTheEntriesThatCarryTheTagOnEveryNode() {
        load("a", "b", "c");
        there.cache("c", Integer.class).set("d", 4, EntryOptions.DEFAULT.withTags("own"));
        for (CacheManager node : List.of(here, there)) {
            has(node, TAG, "c:a", "c:b", "c:c", "c:d");
            has(node, "t:a", "c:a");
            has(node, "own", "c:d");
            has(node, "nobody's");
        }
    }

    @Test
    void areListedUpToALimitAndCountedBeyondIt() {
        List<String> ids = IntStream.range(0, 250).mapToObj(i -> "k" + i).toList();
        cache.getAll(ids, wanted -> {
            Map<String, Integer> loaded = new HashMap<>();
            wanted.forEach(id -> loaded.put(id, 1));
            return loaded;
        });
        awaitCount(TAG, 250);
        assertThat(invalidator.members(TAG).keys()).hasSize(100);
        assertThat(invalidator.members(TAG, 7).keys()).hasSize(7);
        assertThat(invalidator.members(TAG, 0)).isEqualTo(new TagMembers(TAG, OptionalLong.of(250), List.of()));
        TagMembers all = invalidator.membersAsync(TAG, 1_000).join();
        assertThat(all.keys()).hasSize(250).doesNotHaveDuplicates().allMatch(key -> key.startsWith("c:k"));
        assertThat(all.count()).hasValue(250);
    }

    @Test
    void leaveWithTheirInvalidation() {
        Map<Function<CacheInvalidator, Invalidation>, List<String>> left = Map.of(
                each -> each.invalidateKey("c:a"),
                List.of("c:b", "c:c"),
                each -> each.invalidateByTag("t:a", "t:b"),
                List.of("c:c"),
                each -> each.invalidateByPattern("c:?"),
                List.of(),
                each -> each.invalidateCache("c"),
                List.of(),
                CacheInvalidator::invalidateAll,
                List.of(),
                each -> each.invalidateByTag(TAG),
                List.of());
        left.forEach((invalidate, remaining) -> {
            load("a", "b", "c");
            Invalidation receipt = invalidate.apply(invalidator);
            assertThat(invalidator.members(TAG).keys())
                    .as("at once, where it was issued")
                    .containsExactlyInAnyOrderElementsOf(remaining);
            receipt.removed().orTimeout(20, TimeUnit.SECONDS).join();
            assertThat(there.awaitApplied(receipt.position().orElseThrow(), Duration.ofSeconds(20)))
                    .isTrue();
            has(there, TAG, remaining.toArray(String[]::new));
            assertThat(invalidator.members(TAG).count()).hasValue(remaining.size());
        });
    }

    @Test
    void leaveWhenTheyExpire() {
        cache.set("brief", 1, EntryOptions.ttl(Duration.ofMillis(50)));
        cache.set("long", 1);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> invalidator.members(TAG).keys().equals(List.of("c:long")));
    }

    @Test
    void areRefusedForWhatIsNoTagOrNoLimit() {
        assertThatIllegalArgumentException().isThrownBy(() -> invalidator.members(""));
        assertThatIllegalArgumentException().isThrownBy(() -> invalidator.membersAsync("a\n", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> invalidator.members(TAG, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> invalidator.members(TAG, 1_001));
    }

    private void load(String... ids) {
        for (String id : ids) {
            cache.get(id, (wanted, context) -> 1);
        }
    }

    /** The index learns of an entry beside the call that stored it. */
    private static void has(CacheManager node, String tag, String... keys) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> {
                    TagMembers members = node.invalidator().members(tag);
                    assertThat(members.keys()).containsExactlyInAnyOrder(keys);
                    assertThat(members.count()).hasValue(keys.length);
                });
    }

    private void awaitCount(String tag, long count) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> invalidator.members(tag, 0).count().orElse(0) == count);
    }
}
