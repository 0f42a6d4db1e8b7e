package io.r3mes.cache.cost;

import static io.r3mes.cache.cost.TappedNodes.Caches.FAR;
import static io.r3mes.cache.cost.TappedNodes.Caches.NEAR;
import static io.r3mes.cache.cost.TappedNodes.Caches.SHARED;
import static io.r3mes.cache.cost.TappedNodes.Caches.TAGGED;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.EntryOptions;
import io.r3mes.cache.Invalidation;
import io.r3mes.cache.WriteTicket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which commands a node sends for a call, in order, and how often the caller waits for an answer. */
class CommandsTest {

    private static final String LEASE = "EVALSHA lease value";
    private static final String HEAD = "EVALSHA meta log";
    private static final String STORE = "EVALSHA lease value";
    private static final String APPEND = "EVALSHA meta log";
    private static final String APPEND_REMOVING = "EVALSHA meta log value lease";
    private static final String APPEND_TAG = "EVALSHA meta log tag";
    private static final String MARKS = "EVALSHA meta log tag";
    private static final String MEMBERS = "EVALSHA members";

    private static TappedNodes nodes;
    private static int number;

    @BeforeAll
    static void start() throws Exception {
        nodes = new TappedNodes();
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Test
    void aNearHitSendsNothing() throws Exception {
        Cache<String, String> cache = nodes.cache(NEAR);
        cache.get("hit", (id, context) -> id);
        assertThat(nodes.sent(() -> cache.get("hit", (id, context) -> id))).isEmpty();
        assertThat(nodes.sent(() -> cache.getIfPresent("hit"))).isEmpty();
        assertThat(nodes.roundTrips(() -> cache.get("hit", (id, context) -> id)))
                .isZero();
    }

    @Test
    void aHitInRedisSendsOneGet() throws Exception {
        Cache<String, String> tagged = nodes.start().cache("TAGGED", String.class);
        tagged.get("elsewhere", (id, context) -> id);
        assertThat(nodes.sent(() -> nodes.cache(TAGGED).get("elsewhere", (id, context) -> "missed")))
                .containsExactly("GET value");
        Cache<String, String> far = nodes.cache(FAR);
        far.get("hit", (id, context) -> id);
        assertThat(nodes.sent(() -> far.get("hit", (id, context) -> "missed"))).containsExactly("GET value");
        assertThat(nodes.sent(() -> far.getIfPresent("hit"))).containsExactly("GET value");
        assertThat(nodes.roundTrips(() -> far.get("hit", (id, context) -> "missed")))
                .isEqualTo(1);
    }

    @Test
    void aHitOlderThanWhatTheNodeRemembersSendsOneCommandMore() throws Exception {
        invalidator().invalidateByTag("owner:old");
        nodes.cache(TAGGED).get("old", (id, context) -> id);
        invalidator().invalidateKey("near:another");
        Cache<String, String> late = nodes.start().cache("TAGGED", String.class);
        assertThat(nodes.sent(() -> late.get("old", (id, context) -> "missed"))).containsExactly("GET value", MARKS);
    }

    /** Redis does not know whether the tag was invalidated, so the first node that has to ask makes the entry a miss. */
    @Test
    void aMissBecauseOfATagThatWasNeverInvalidatedSendsSixCommands() throws Exception {
        nodes.cache(TAGGED).get("unstamped", (id, context) -> id);
        invalidator().invalidateKey("near:another");
        Cache<String, String> late = nodes.start().cache("TAGGED", String.class);
        assertThat(nodes.sent(() -> late.get("unstamped", (id, context) -> "missed")))
                .containsExactly("GET value", MARKS, LEASE, HEAD, MARKS, STORE);
    }

    @Test
    void aMissSendsFourCommandsInThreeRoundTrips() throws Exception {
        assertThat(nodes.sent(() -> load(NEAR))).containsExactly("GET value", LEASE, HEAD, STORE);
        assertThat(nodes.roundTrips(() -> load(NEAR))).isEqualTo(3);
    }

    @Test
    void aMissWithATagThatNamesItsEntrySendsNoMore() throws Exception {
        assertThat(nodes.sent(() -> load(TAGGED))).containsExactly("GET value", LEASE, HEAD, STORE);
        assertThat(nodes.roundTrips(() -> load(TAGGED))).isEqualTo(3);
    }

    @Test
    void aMissWithATagThatEntriesShareSendsOneCommandMoreWithTheStore() throws Exception {
        assertThat(nodes.sent(() -> load(SHARED))).containsExactly("GET value", LEASE, HEAD, STORE, MEMBERS);
        assertThat(nodes.roundTrips(() -> load(SHARED))).isEqualTo(3);
    }

    @Test
    void aLookupThatFindsNothingSendsOneGet() throws Exception {
        assertThat(nodes.sent(() -> nodes.cache(NEAR).getIfPresent("nothing"))).containsExactly("GET value");
    }

    @Test
    void setSendsFourCommandsInThreeRoundTrips() throws Exception {
        Callable<Invalidation> set = () -> nodes.cache(NEAR).set("set", "value");
        assertThat(nodes.sent(set)).containsExactly("SET lease", HEAD, APPEND_REMOVING, STORE);
        assertThat(nodes.roundTrips(set)).isEqualTo(3);
    }

    @Test
    void aTicketWaitsForOneRoundTripBeforeTheCommitAndTwoAfterIt() throws Exception {
        Cache<String, String> cache = nodes.cache(NEAR);
        List<WriteTicket<String>> taken = new ArrayList<>();
        assertThat(nodes.roundTrips(() -> taken.add(cache.writeTicket("ticket"))))
                .isEqualTo(1);
        assertThat(nodes.roundTrips(() -> taken.get(0).store("value", EntryOptions.DEFAULT)))
                .isEqualTo(2);
    }

    @Test
    void deleteSendsOneCommand() throws Exception {
        Callable<Invalidation> delete = () -> nodes.cache(NEAR).delete("deleted");
        assertThat(nodes.sent(delete)).containsExactly(APPEND_REMOVING);
        assertThat(nodes.roundTrips(delete)).isEqualTo(1);
    }

    @Test
    void invalidatingManyKeysSendsOneCommand() throws Exception {
        List<String> keys = ids("near:k", 100);
        Callable<Invalidation> invalidate = () -> invalidator().invalidateKeys(keys);
        assertThat(nodes.sent(invalidate)).containsExactly(APPEND_REMOVING);
        assertThat(nodes.roundTrips(invalidate)).isEqualTo(1);
    }

    @Test
    void whatEntriesShareIsInvalidatedByOneCommandHoweverManyThereAre() throws Exception {
        for (int count : new int[] {1, 300}) {
            nodes.cache(TAGGED).getAll(ids("t", count), wanted -> loaded(wanted));
            assertThat(acknowledged(() -> invalidator().invalidateByTag("owner:t0")))
                    .isEqualTo(APPEND_TAG);
            assertThat(acknowledged(() -> invalidator().invalidateByPattern("tagged:*")))
                    .isEqualTo(APPEND);
            assertThat(acknowledged(() -> invalidator().invalidateCache("TAGGED")))
                    .isEqualTo(APPEND);
            assertThat(acknowledged(() -> invalidator().invalidateAll())).isEqualTo(APPEND);
        }
    }

    @Test
    void theMemoryOfATagIsFreedByOneCommandForEachEntryAndThreeForTheTag() throws Exception {
        Cache<String, String> cache = nodes.cache(TAGGED);
        List<String> ids = ids("member", 40);
        for (String id : ids) {
            cache.get(id, (wanted, context) -> {
                context.tags("shared");
                return wanted;
            });
        }
        List<String> sent = nodes.sent(
                () -> invalidator().invalidateByTag("shared").removed().join());
        assertThat(counts(sent))
                .isEqualTo(Map.of(
                        APPEND_TAG, 1L, "EVALSHA members detached", 1L, "ZPOPMIN detached", 1L, "EVALSHA value", 40L));
    }

    @Test
    void theMemoryOfAnEntryThatItsTagNamesIsFreedByTwoCommands() throws Exception {
        nodes.cache(TAGGED).get("named", (id, context) -> id);
        List<Long> removed = new ArrayList<>();
        List<String> sent = nodes.sent(() -> removed.add(
                invalidator().invalidateByTag("owner:named").removed().join()));
        assertThat(removed).containsExactly(1L);
        assertThat(counts(sent)).isEqualTo(Map.of(APPEND_TAG, 1L, "EVALSHA members detached", 1L, "EVALSHA value", 1L));
    }

    @Test
    void readingManyPresentKeysSendsOneCommandForEachBatch() throws Exception {
        Cache<String, String> far = nodes.cache(FAR);
        List<String> ids = ids("many", 600);
        far.getAll(ids, wanted -> loaded(wanted));
        assertThat(nodes.sent(() -> far.getAll(ids.subList(0, 100), wanted -> Map.of())))
                .containsExactly("MGET value");
        assertThat(nodes.sent(() -> far.getAll(ids, wanted -> Map.of()))).containsExactly("MGET value", "MGET value");
        assertThat(nodes.roundTrips(() -> far.getAll(ids.subList(0, 100), wanted -> Map.of())))
                .isEqualTo(1);
    }

    @Test
    void readingManyMissingKeysSendsFewerThanTwoCommandsForEachInThreeRoundTrips() throws Exception {
        Cache<String, String> far = nodes.cache(FAR);
        Map<String, Long> sent = counts(nodes.sent(() -> far.getAll(ids("missing", 100), wanted -> loaded(wanted))));
        assertThat(sent).containsOnlyKeys("MGET value", LEASE, HEAD);
        assertThat(sent).containsEntry("MGET value", 1L).containsEntry(HEAD, 1L);
        assertThat(sent.get(LEASE)).isLessThan(200);
        assertThat(nodes.roundTrips(() -> far.getAll(ids("absent", 100), wanted -> loaded(wanted))))
                .isEqualTo(3);
    }

    /** The only command that the caller waits for; what frees memory comes after it. */
    private static String acknowledged(Callable<Invalidation> call) throws Exception {
        List<String> sent = nodes.sent(() -> call.call().removed().join());
        assertThat(nodes.roundTrips(call)).isEqualTo(1);
        List<String> appended =
                sent.stream().filter(name -> name.contains("meta")).toList();
        assertThat(appended).hasSize(1);
        return appended.get(0);
    }

    private static String load(TappedNodes.Caches cache) {
        return nodes.cache(cache).get("missing" + number++, (id, context) -> id);
    }

    private static Map<String, String> loaded(Set<String> ids) {
        Map<String, String> values = new LinkedHashMap<>();
        ids.forEach(id -> values.put(id, id));
        return values;
    }

    private static List<String> ids(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    private static Map<String, Long> counts(List<String> names) {
        return names.stream().collect(groupingBy(name -> name, counting()));
    }

    private static CacheInvalidator invalidator() {
        return nodes.node().invalidator();
    }
}
