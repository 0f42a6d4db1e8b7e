package io.r3mes.cache.engine;

import static io.r3mes.cache.engine.Outage.Fault.HANGS;
import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.engine.Lab.LabNode;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Caches whose invalidations go through logs of their own. */
class DomainsTest {

    private static final Duration BEAT = Duration.ofMillis(100);
    private static final CachePolicy USERS =
            CachePolicy.of("users", "user:{id}").withTags("all");
    private static final CachePolicy BLOCKS =
            CachePolicy.of("blocks", "block:{id}").withTags("all").withDomain("chain");

    private final Lab lab = new Lab();
    private final LabNode node = lab.node(USERS, BLOCKS);
    private final LabNode other = lab.node(USERS, BLOCKS);

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void invalidatesAcrossDomains() {
        for (Function<LabNode, Invalidation> invalidate : List.<Function<LabNode, Invalidation>>of(
                from -> from.engine().invalidator().invalidateKeys(List.of("user:1", "block:1")),
                from -> from.engine().invalidator().invalidateByTag("all"),
                from -> from.engine().invalidator().invalidateByPattern("*:1"),
                from -> from.engine().invalidator().invalidateAll())) {
            load(1);
            assertThat(load(2)).containsExactly(1, 1);
            long position = invalidate.apply(other).position().orElseThrow();
            lab.time.advance(BEAT);
            assertThat(Work.start(() -> node.engine().awaitApplied(position, BEAT))
                            .join())
                    .isTrue();
            assertThat(load(3)).containsExactly(3, 3);
            node.engine().invalidator().invalidateAll();
        }
    }

    @Test
    void invalidationOfOneDomainLeavesTheLogOfTheOtherAlone() {
        long before = head("");
        other.engine().invalidator().invalidateCache("blocks");
        other.engine().invalidator().invalidateKey("block:1");
        assertThat(head("")).isEqualTo(before);
        assertThat(head("chain")).isGreaterThan(before);
    }

    @Test
    void receiptIsPendingUntilEveryDomainAcknowledged() {
        node.outage().beforeNext("append", () -> node.outage().begin(Outage.Fault.LOST, "append"));
        Invalidation receipt = node.engine().invalidator().invalidateAll();
        assertThat(receipt.isPending()).isTrue();
        assertThat(node.engine().status().pending()).isPositive();
        node.outage().end();
        lab.time.advance(BEAT);
        assertThat(receipt.isPending()).isFalse();
    }

    @Test
    void isFencedWhileOneLogCannotBeFollowed() {
        assertThat(node.engine().status().fenced()).isFalse();
        node.outage().begin(HANGS, "beat");
        lab.time.advance(Duration.ofSeconds(1));
        assertThat(node.engine().status().fenced()).isTrue();
    }

    @Test
    void countsTheMembersOfATagInAllDomains() {
        load(1);
        assertThat(node.engine().invalidator().members("all").keys()).containsExactlyInAnyOrder("user:1", "block:1");
    }

    private long head(String domain) {
        return lab.adapter
                .invalidationLog(domain)
                .head(0)
                .toCompletableFuture()
                .join()
                .position();
    }

    private List<Integer> load(int value) {
        return List.of(
                cache("users").get("1", (id, context) -> value), cache("blocks").get("1", (id, context) -> value));
    }

    private Cache<String, Integer> cache(String name) {
        return node.engine().cache(name, Integer.class);
    }
}
