package io.r3mes.cache.cost;

import static io.r3mes.cache.cost.TappedNodes.Caches.FAR;
import static io.r3mes.cache.cost.TappedNodes.Caches.SHARED;
import static io.r3mes.cache.cost.TappedNodes.Caches.TAGGED;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheInvalidator;
import io.r3mes.cache.Invalidation;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What calls take on the wire. Bounds are above what is sent by the numbers whose digits vary, such as a generation. */
class BytesTest {

    private static final String VALUE = "v".repeat(300);
    /** As JSON, in the envelope: 30 bytes before it and a checksum of 4. */
    private static final int STORED = 30 + VALUE.length() + 2 + 4;

    private static final int KEY = "far:wallet00000001".length();
    private static final int NAME = "costs:".length() + KEY;
    private static final int LEASE = "{}:lease".length() + NAME;
    private static final int META = "{costs}:meta".length();
    private static final int LOG = "{costs}:log".length();
    private static final int TOKEN = 32;
    private static final int ID = 32;
    private static final int MILLIS = 6;
    private static final int GENERATION = 19;
    private static final int POSITION = 16;
    private static final int POLICY = "replay".length();
    /** An event without what it names and without the stamps of tags: its words are counted as those of a deletion. */
    private static final int APPEND = script(META, LOG, GENERATION, POLICY, POSITION, 1, ID, 2, 0, 9, 3, 8, 4, 1, 0);

    /** Answers: a null, a one-digit number, and those of the scripts on the log. */
    private static final int NOTHING = 5;

    private static final int NUMBER = 4;
    private static final int HEAD_ANSWER = 4 + string(GENERATION) + POSITION + 3 + string(ID) + POSITION + 3;
    private static final int APPENDED = 4 + string(GENERATION) + POSITION + 3 + 2 * NUMBER;

    private static TappedNodes nodes;

    @BeforeAll
    static void start() throws Exception {
        nodes = new TappedNodes();
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Test
    void aHitTakesGetWithTheKeyAndTheValueInItsEnvelope() throws Exception {
        Cache<String, String> far = nodes.cache(FAR);
        far.get("wallet00000001", (id, context) -> VALUE);
        Exchange hit = only(nodes.exchanges(() -> far.get("wallet00000001", (id, context) -> "missed")));
        assertThat(hit.sent()).isEqualTo(command(3, NAME));
        assertThat(hit.received()).isEqualTo(string(STORED));
    }

    @Test
    void readingManyTakesNoMoreThanMgetOfTheirValues() throws Exception {
        Cache<String, String> far = nodes.cache(FAR);
        List<String> ids =
                IntStream.range(0, 100).mapToObj("wallet%08d"::formatted).toList();
        far.getAll(ids, wanted -> wanted.stream().collect(toMap(id -> id, id -> VALUE)));
        Exchange hits = only(nodes.exchanges(() -> far.getAll(ids, wanted -> Map.of())));
        assertThat(hits.sent()).isEqualTo(4 + 2 + string(4) + 100 * string(NAME));
        assertThat(hits.received()).isEqualTo(4 + 2 + 100 * string(STORED));
    }

    @Test
    void aMissTakesKeyTwiceForEachScriptAndTheValueOnce() throws Exception {
        List<Exchange> miss = nodes.exchanges(() -> nodes.cache(FAR).get("wallet10000000", (id, context) -> VALUE));
        assertThat(miss).hasSize(4);
        atMost(miss.get(0), command(3, NAME), NOTHING);
        atMost(miss.get(1), script(NAME, LEASE, TOKEN, MILLIS), 4 + NUMBER + NOTHING);
        atMost(miss.get(2), script(META, LOG, GENERATION, POLICY, POSITION), HEAD_ANSWER);
        atMost(miss.get(3), script(NAME, LEASE, TOKEN, STORED, MILLIS), 4 + NUMBER);
    }

    @Test
    void aTagThatNamesTheEntryOfAMissTakesItsTextInTheEnvelope() throws Exception {
        List<Exchange> miss = nodes.exchanges(() -> nodes.cache(TAGGED).get("wallet1000", (id, context) -> VALUE));
        assertThat(miss).hasSize(4);
        int tag = "owner:wallet1000".length();
        atMost(miss.get(3), script(NAME, LEASE, TOKEN, STORED + 2 + tag, MILLIS), 4 + NUMBER);
    }

    @Test
    void aTagThatEntriesShareTakesItsTextInTheEnvelopeAndTwoMoreNames() throws Exception {
        List<Exchange> miss = nodes.exchanges(() -> nodes.cache(SHARED).get("wallet1000", (id, context) -> VALUE));
        assertThat(miss).hasSize(5);
        int tag = "all".length();
        atMost(miss.get(3), script(NAME, LEASE, TOKEN, STORED + 2 + tag, MILLIS), 4 + NUMBER);
        int members = "{costs}:members:".length() + tag;
        atMost(miss.get(4), script(members, members + 3, KEY, MILLIS, 4, 5, 2), NUMBER);
    }

    @Test
    void aDeletionTakesTheKeyThreeTimes() throws Exception {
        Exchange deletion = only(nodes.exchanges(() -> nodes.cache(FAR).delete("wallet00000001")));
        atMost(deletion, APPEND + string(KEY) + string(NAME) + string(LEASE), APPENDED);
    }

    @Test
    void anInvalidationTakesWhatItNamesWhateverItCovers() throws Exception {
        CacheInvalidator invalidator = nodes.node().invalidator();
        int tag = "owner:wallet00000001".length();
        atMost(
                first(() -> invalidator.invalidateByTag("owner:wallet00000001")),
                APPEND + string(tag) + string("{costs}:tag:".length() + tag),
                APPENDED);
        atMost(first(() -> invalidator.invalidateByPattern("far:wallet*")), APPEND + string(11), APPENDED);
        atMost(first(() -> invalidator.invalidateCache("FAR")), APPEND + string(3), APPENDED);
        atMost(first(() -> invalidator.invalidateAll()), APPEND + string(0), APPENDED);
    }

    @Test
    void theNewsOfADeletionTakesTheKeyAndTwoIdsOnEachNode() throws Exception {
        Exchange delivery = nodes.delivery(() -> nodes.cache(FAR).delete("wallet00000001"));
        int wait = command(5, 5, 3, 5, 4, 7, LOG, 18);
        int event = 4 + string(18) + 4 + 5 * string(1) + string(KEY) + 2 * string(ID);
        atMost(delivery, wait, 8 + string(LOG) + event);
    }

    private static Exchange first(Callable<Invalidation> call) throws Exception {
        return nodes.exchanges(() -> call.call().removed().join()).get(0);
    }

    private static Exchange only(List<Exchange> exchanges) {
        assertThat(exchanges).hasSize(1);
        return exchanges.get(0);
    }

    private static void atMost(Exchange exchange, int sent, int received) {
        assertThat(exchange.sent()).as(exchange + ", sent").isLessThanOrEqualTo(sent);
        assertThat(exchange.received()).as(exchange + ", answered").isLessThanOrEqualTo(received);
    }

    /** A script with two keys and then its arguments, as its hash. */
    private static int script(int... lengths) {
        return command(
                IntStream.concat(IntStream.of(7, 40, 1), IntStream.of(lengths)).toArray());
    }

    /** A command of words with these lengths. */
    private static int command(int... lengths) {
        return 3
                + digits(lengths.length)
                + IntStream.of(lengths).map(BytesTest::string).sum();
    }

    /** Text of this length, with what the protocol puts around it. */
    private static int string(int length) {
        return 3 + digits(length) + length + 2;
    }

    private static int digits(int number) {
        return Integer.toString(number).length();
    }
}
